package circus.manager.kernel;

import java.util.ArrayList;
import java.util.List;

/** A {@link LaunchSpec} as the kernel reads it: {@code make process NAME OPTION… -- PROGRAM ARGS…}. */
final class LaunchWords {
    private LaunchWords() {}

    /** @param prefix of every name of this arbiter */
    static List<String> of(String prefix, LaunchSpec spec) {
        List<String> words = new ArrayList<>();
        words.add("make");
        words.add("process");
        words.add(prefix + spec.name());
        words.add("working_dir=" + spec.workingDirectory());
        words.add("path=" + spec.searchPath());
        addAttributes(prefix, spec.attributes(), words);
        spec.environment().forEach((name, value) -> words.add("env." + name + "=" + value));
        spec.sockets().forEach(name -> words.add("socket." + prefix + name + "="));
        spec.annotations().forEach((key, value) -> words.add("annotate." + key + "=" + value));
        words.add("stdout=" + (spec.captureStdout() ? "1" : "0"));
        words.add("stderr=" + (spec.captureStderr() ? "1" : "0"));
        words.add("--");
        words.addAll(spec.argv());
        return words;
    }

    private static void addAttributes(String prefix, LaunchAttributes attributes, List<String> words) {
        attributes.user().ifPresent(user -> words.add("uid=" + user));
        attributes.group().ifPresent(group -> words.add("gid=" + group));
        attributes.limits().forEach((limit, value) -> words.add("rlimit." + limit + "=" + value));
        attributes.mask().ifPresent(mask -> words.add("umask=0" + Integer.toOctalString(mask)));
        attributes.stdin().ifPresent(socket -> words.add("stdin=" + prefix + socket));
        if (attributes.inheritsStdin()) {
            words.add("inherit_stdin=1");
        }
        attributes.program().ifPresent(program -> words.add("program=" + program));
    }
}
