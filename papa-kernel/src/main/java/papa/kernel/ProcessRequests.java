package papa.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import papa.launch.ChildAttributes;
import papa.launch.HandedOver;
import papa.launch.LaunchFailure;
import papa.launch.LaunchOrder;
import papa.launch.ProcessSpec;
import papa.process.Incarnation;
import papa.process.Notes;
import papa.request.Options;
import papa.request.Patterns;
import papa.request.Refusal;
import papa.request.Reply;
import papa.wire.Words;

/** {@code make process} and its kin: from words to {@link Kernel} and back. Loop thread only. */
final class ProcessRequests {
    private static final long PAPAS_BUFFER = 1024 * 1024;
    private static final long OUR_BUFFER = 2 * 1024 * 1024;

    private final Kernel kernel;

    ProcessRequests(Kernel kernel) {
        this.kernel = kernel;
    }

    void make(Session session, List<String> words, Reply reply) throws Refusal {
        if (words.isEmpty()) {
            throw new Refusal("Process requires a name");
        }
        String name = words.get(0);
        Requests.demandUsableName(name);
        kernel.leases.demand(session, "start", name);
        Options options = new Options("Process", words.subList(1, words.size()), session.isExtended());
        Map<String, String> annotations = options.family("annotate.");
        Notes.demandFew(annotations);
        boolean watched = options.flag("watch");
        ProcessSpec spec = spec(name, options, session.isExtended());
        if (answeredByExisting(session, spec, watched, reply)) {
            return;
        }
        HandedOver sockets = new HandedOver();
        boolean begun = false;
        try {
            List<String> argv = handOver(session, spec, sockets);
            ProcessSpec remembered = session.isExtended() ? spec.withoutEnvironment() : spec;
            LaunchOrder order = new LaunchOrder(spec, remembered, argv, sockets, annotations, null);
            kernel.makeProcess(order, new Starts.Made() {
                @Override
                public void made(Incarnation process) {
                    answer(session, process, watched, reply);
                }

                @Override
                public void failed(LaunchFailure failure) {
                    reply.refused(failure);
                }
            });
            begun = true;
        } finally {
            if (!begun) {
                sockets.release(kernel.posix);
            }
        }
    }

    /** Finds the sockets that a spec names; its words, with their numbers in them. */
    private List<String> handOver(Session session, ProcessSpec spec, HandedOver sockets) throws Refusal {
        SocketWords words = new SocketWords(kernel, session, spec.name(), sockets);
        for (Map.Entry<String, String> each : spec.sockets()) {
            sockets.add(words.handOver(each.getKey()), each.getValue());
        }
        ChildAttributes attributes = spec.attributes();
        if (!attributes.stdin().isEmpty()) {
            sockets.addStdin(words.handOver(attributes.stdin()));
        }
        if (attributes.listenFds()) {
            sockets.demandListenFds();
        }
        List<String> argv = session.isExtended() ? spec.argv() : words.replace(spec.argv());
        return spec.shell() ? inShell(argv) : argv;
    }

    private static List<String> inShell(List<String> words) {
        List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c"));
        argv.addAll(words);
        return argv;
    }

    private static ProcessSpec spec(String name, Options options, boolean extended) throws Refusal {
        List<Map.Entry<String, String>> sockets = options.family("socket.").entrySet().stream()
                .map(each -> Map.entry(each.getKey(), each.getValue()))
                .toList();
        Map<String, String> environment = new TreeMap<>(options.family("env."));
        ProcessSpec spec = new ProcessSpec(
                name,
                options.rest(),
                options.flag("shell"),
                environment,
                options.text("working_dir", ""),
                options.text("path", ""),
                options.fileMask("umask"),
                sockets,
                target(options, "stdout", extended),
                target(options, "stderr", extended),
                options.size("bufsize", extended ? OUR_BUFFER : PAPAS_BUFFER),
                ChildAttributes.parse(options));
        options.demandNoMore();
        if (spec.argv().isEmpty()) {
            throw new Refusal("No command");
        }
        spec.demandNoZeroBytes();
        return spec;
    }

    /** Papa takes whatever it does not know for 1. */
    private static ProcessSpec.Target target(Options options, String channel, boolean extended) throws Refusal {
        String word = options.text(channel, "1");
        boolean mayMerge = channel.equals("stderr");
        if (word.equals("0")) {
            return ProcessSpec.Target.NULL;
        }
        if (mayMerge && word.equals("stdout")) {
            return ProcessSpec.Target.MERGED;
        }
        if (extended && !word.equals("1")) {
            throw new Refusal("cannot send " + channel + " to " + word + ": 0 or 1"
                    + (mayMerge ? " or stdout is wanted" : " is wanted"));
        }
        return ProcessSpec.Target.CAPTURED;
    }

    /** Papa's rule: who asks again for what is there gets it; who asks for something else is told. */
    private boolean answeredByExisting(Session session, ProcessSpec spec, boolean watched, Reply reply) throws Refusal {
        Incarnation existing = kernel.latest(spec.name());
        if (existing == null || (session.isExtended() && existing.hasEnded())) {
            return false;
        }
        if (session.isFramed()) {
            throw new Refusal("cannot start " + spec.name() + ": it is running with pid " + existing.pid);
        }
        if (!existing.spec.equals(session.isExtended() ? spec.withoutEnvironment() : spec)) {
            throw new Refusal("Process for " + spec.name() + " has already been created - " + existing.describe());
        }
        answer(session, existing, watched, reply);
        return true;
    }

    private static void answer(Session session, Incarnation process, boolean watched, Reply reply) {
        if (watched && !session.isFramed()) {
            session.reading.beginWatch(List.of(process), process.describe() + "\n");
        } else if (session.isExtended()) {
            reply.ok(Words.quote(process.spec.name()) + " incarnation=" + process.number + " pid=" + process.pid
                    + " started=" + process.startedMicros + "\n");
        } else {
            reply.ok(process.describe() + "\n");
        }
    }

    String list(Session session, List<String> patterns) throws Refusal {
        Patterns wanted = new Patterns(patterns);
        if (session.isExtended()) {
            return Requests.lines(kernel.processes().stream()
                    .filter(each -> wanted.matches(each.spec.name()) && !each.forgotten)
                    .map(Incarnation::describeQuoted));
        }
        return Requests.lines(kernel.processes().stream()
                .filter(each -> wanted.matches(each.spec.name()) && kernel.latest(each.spec.name()) == each)
                .map(Incarnation::describe));
    }

    String remove(Session session, List<String> patterns) throws Refusal {
        List<Incarnation> found = named(patterns);
        for (Incarnation process : found) {
            kernel.leases.demand(session, "remove", process.spec.name());
        }
        found.forEach(kernel.settling::forget);
        return "";
    }

    void watch(Session session, List<String> patterns) throws Refusal {
        if (session.isFramed()) {
            throw new Refusal("cannot watch on a framed connection: use follow");
        }
        List<Incarnation> found = patterns.isEmpty()
                ? List.of()
                : named(patterns).stream()
                        .filter(each -> kernel.latest(each.spec.name()) == each)
                        .toList();
        if (found.isEmpty()) {
            throw new Refusal("Nothing to watch");
        }
        kernel.readers.demandRoomToWatch(found.size());
        session.reading.beginWatch(found, "Watching " + found.size() + "\n");
    }

    /** All that the patterns name; an exact name that does not exist is an error. */
    private List<Incarnation> named(List<String> patterns) throws Refusal {
        for (String pattern : patterns) {
            if (!Patterns.isWildcard(pattern) && kernel.latest(pattern) == null) {
                throw new Refusal(pattern + " not found");
            }
        }
        Patterns wanted = new Patterns(patterns);
        return kernel.processes().stream()
                .filter(each -> wanted.matches(each.spec.name()))
                .toList();
    }

    String annotate(Session session, List<String> words) throws Refusal {
        Incarnation process = words.isEmpty() ? null : incarnation(words.get(0));
        if (process == null) {
            throw new Refusal("cannot annotate: there is no such incarnation");
        }
        kernel.leases.demand(session, "annotate", process.spec.name());
        Map<String, String> changed = Notes.changed(process.annotations, words.subList(1, words.size()));
        long more = Notes.bytes(changed) - Notes.bytes(process.annotations);
        kernel.remembered.demandRoom("annotate " + process.spec.name(), more);
        kernel.remembered.add(more);
        process.annotations.clear();
        process.annotations.putAll(changed);
        kernel.copies.noted(process);
        return "";
    }

    private @Nullable Incarnation incarnation(String word) throws Refusal {
        return kernel.process(Requests.longNumber("incarnation", word));
    }
}
