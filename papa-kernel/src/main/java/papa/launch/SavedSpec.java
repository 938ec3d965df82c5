package papa.launch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/**
 * What was asked for a process, as words on its line of a state; what comes back is equal to what was put, since that is
 * how a second request for the same process is known.
 *
 * <pre>
 *   name, umask, buffer                 as in {@link ProcessSpec}
 *   cwd, path                           not there if they are empty
 *   arg                                 each word
 *   shell, inherit-stdin, listen-fds,
 *   cgroup                              1
 *   env                                 each variable, NAME=VALUE
 *   socket, fd-name                     each socket, and each name in LISTEN_FDNAMES
 *   stdout, stderr                      CAPTURED, NULL, MERGED
 *   user, group, groups, nice, stdin,
 *   program                             not there where nothing was asked for
 *   rlimit                              each limit: its number on Linux, soft, hard; -1 for infinity
 * </pre>
 */
public final class SavedSpec {
    private static final int MOST_MASK = 0777;

    private SavedSpec() {}

    public static void put(StateWriter.Line line, ProcessSpec spec) {
        line.put("name", spec.name())
                .putAll("arg", spec.argv())
                .flag("shell", spec.shell())
                .putMap("env", spec.environment())
                .put("umask", spec.fileMask());
        putUnlessEmpty(line, "cwd", spec.workingDirectory());
        putUnlessEmpty(line, "path", spec.searchPath());
        for (Map.Entry<String, String> socket : spec.sockets()) {
            line.put("socket", socket.getKey()).put("fd-name", socket.getValue());
        }
        line.choice("stdout", spec.stdout()).choice("stderr", spec.stderr()).put("buffer", spec.bufferSize());
        put(line, spec.attributes());
    }

    private static void put(StateWriter.Line line, ChildAttributes attributes) {
        IdentityWords identity = attributes.identity();
        putUnlessEmpty(line, "user", identity.user());
        putUnlessEmpty(line, "group", identity.group());
        if (identity.groups() != null) {
            line.put("groups", identity.groups());
        }
        if (attributes.nice() != null) {
            line.put("nice", attributes.nice());
        }
        for (ResourceLimit limit : attributes.limits()) {
            line.tuple("rlimit", limit.kind().number(), limit.soft(), limit.hard());
        }
        putUnlessEmpty(line, "stdin", attributes.stdin());
        putUnlessEmpty(line, "program", attributes.program());
        line.flag("inherit-stdin", attributes.inheritsStdin())
                .flag("listen-fds", attributes.listenFds())
                .flag("cgroup", attributes.controlGroup());
    }

    private static void putUnlessEmpty(StateWriter.Line line, String key, String word) {
        if (!word.isEmpty()) {
            line.put(key, word);
        }
    }

    public static ProcessSpec restore(StateLine line) throws StateException {
        List<String> argv = line.all("arg");
        if (argv.isEmpty()) {
            throw line.wrong("there is no arg=");
        }
        Map<String, String> environment = line.map("env");
        return new ProcessSpec(
                line.text("name"),
                argv,
                line.flag("shell"),
                environment.isEmpty() ? Map.of() : Collections.unmodifiableMap(environment),
                line.text("cwd", ""),
                line.text("path", ""),
                line.integer("umask", -1, MOST_MASK),
                sockets(line),
                line.choice("stdout", ProcessSpec.Target.class),
                line.choice("stderr", ProcessSpec.Target.class),
                line.number("buffer", 0, 1L << 40),
                attributes(line));
    }

    private static List<Map.Entry<String, String>> sockets(StateLine line) throws StateException {
        List<String> names = line.all("socket");
        List<String> fdNames = line.all("fd-name");
        if (names.size() != fdNames.size()) {
            throw line.wrong("socket= is there " + names.size() + " times, and fd-name= " + fdNames.size());
        }
        List<Map.Entry<String, String>> sockets = new ArrayList<>(names.size());
        for (int i = 0; i < names.size(); i++) {
            sockets.add(Map.entry(names.get(i), fdNames.get(i)));
        }
        return sockets;
    }

    private static ChildAttributes attributes(StateLine line) throws StateException {
        List<ResourceLimit> limits = new ArrayList<>(0);
        for (long[] limit : line.tuples("rlimit", 3)) {
            limits.add(new ResourceLimit(kind(line, limit[0]), limit[1], limit[2]));
        }
        ChildAttributes attributes = new ChildAttributes(
                new IdentityWords(
                        line.text("user", ""), line.text("group", ""), line.has("groups") ? line.text("groups") : null),
                line.has("nice") ? line.integer("nice", Integer.MIN_VALUE, Integer.MAX_VALUE) : null,
                limits,
                line.text("stdin", ""),
                line.flag("inherit-stdin"),
                line.flag("listen-fds"),
                line.flag("cgroup"),
                line.text("program", ""));
        return attributes.equals(ChildAttributes.NONE) ? ChildAttributes.NONE : attributes;
    }

    private static ResourceLimit.Kind kind(StateLine line, long number) throws StateException {
        for (ResourceLimit.Kind kind : ResourceLimit.Kind.values()) {
            if (kind.number() == number) {
                return kind;
            }
        }
        throw line.wrong("rlimit=" + number + " is not known");
    }
}
