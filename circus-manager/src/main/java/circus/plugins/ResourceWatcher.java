package circus.plugins;

import circus.options.OptionValues;
import circus.options.PluginClass;
import circus.options.PluginOptions;
import circus.plugin.Plugin;
import circus.plugin.PluginCallException;
import circus.plugin.PluginContext;
import circus.plugin.PluginTimer;
import circus.plugins.ResourceBounds.Fault;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Restarts a watcher whose processes use too much or too little for too many rounds in a row, and tells statsd of it. With {@code
 * process_children} each child of its processes is looked after too, and sent a signal when it is that one. A watcher that somebody has
 * stopped uses nothing, which is not amiss.
 */
public final class ResourceWatcher implements Plugin {
    private static final System.Logger LOG = System.getLogger(ResourceWatcher.class.getName());

    private @Nullable Statsd statsd;

    /** The watcher as a whole, with {@code pid} 0, or one child of one of its processes. */
    private record Subject(int worker, int pid) {
        private static final Subject ALL = new Subject(0, 0);
    }

    /** What there is from the start on. */
    private record Post(
            PluginContext circus,
            OptionValues options,
            String watcher,
            ResourceBounds bounds,
            FaultCounters<Subject> counters,
            Statsd statsd) {
        void increment(String what) {
            statsd.increment("_resource_watcher." + watcher + "." + what);
        }
    }

    @Override
    public void start(PluginContext circus) throws Exception {
        OptionValues options = PluginClass.RESOURCE_WATCHER.read(circus.config());
        String watcher = watcher(circus.name(), options);
        Statsd server = Statsd.of(options, PluginOptions.APPLICATION_NAME);
        statsd = server;
        Post post = new Post(
                circus,
                options,
                watcher,
                ResourceBounds.of(options),
                new FaultCounters<>(options.get(PluginOptions.MAX_COUNT)),
                server);
        PluginTimer unused = circus.every(Seconds.of(options.get(PluginOptions.LOOP_RATE)), () -> round(post));
    }

    private static String watcher(String plugin, OptionValues options) {
        if (options.isGiven(PluginOptions.SERVICE)) {
            LOG.log(Level.WARNING, "service in [{0}] is an old name: write watcher instead", plugin);
        }
        return options.get(PluginOptions.WATCHER)
                .or(() -> options.get(PluginOptions.SERVICE))
                .filter(name -> !name.isBlank())
                .map(String::strip)
                .orElseThrow(() -> new IllegalArgumentException(
                        "cannot look after a watcher: [" + plugin + "] does not say which; write watcher = NAME"));
    }

    private static void round(Post post) throws InterruptedException {
        try {
            Map<String, @Nullable Object> reply = post.circus().call("stats", Map.of("name", post.watcher()));
            if (reply.get("info") instanceof Map<?, ?> infos) {
                judge(post, processes(infos));
                return;
            }
            LOG.log(Level.WARNING, "cannot look after {0}: {1}", post.watcher(), reply.get("reason"));
        } catch (PluginCallException noAnswer) {
            LOG.log(Level.WARNING, "cannot look after {0}: {1}", post.watcher(), noAnswer.getMessage());
        }
        post.increment("error");
    }

    /** Without those that have gone meanwhile, of which there is but a text. */
    private static Map<Integer, Map<?, ?>> processes(Map<?, ?> infos) {
        Map<Integer, Map<?, ?>> processes = new LinkedHashMap<>();
        infos.forEach((pid, info) -> {
            if (info instanceof Map<?, ?> figures) {
                processes.put(Integer.valueOf(String.valueOf(pid)), figures);
            }
        });
        return processes;
    }

    private static void judge(Post post, Map<Integer, Map<?, ?>> processes)
            throws PluginCallException, InterruptedException {
        if (processes.isEmpty() && isStopped(post)) {
            post.counters().retain(Set.of());
            return;
        }
        Set<Subject> there = new HashSet<>(Set.of(Subject.ALL));
        judge(post, Subject.ALL, ResourceUse.of(processes.values()));
        if (post.options().get(PluginOptions.PROCESS_CHILDREN)) {
            processes.forEach((worker, info) -> {
                for (Map<?, ?> child : children(info)) {
                    if (child.get("pid") instanceof Number pid) {
                        Subject subject = new Subject(worker, pid.intValue());
                        there.add(subject);
                        judge(post, subject, ResourceUse.of(List.of(child)));
                    }
                }
            });
        }
        post.counters().retain(there);
    }

    private static List<Map<?, ?>> children(Map<?, ?> info) {
        List<Map<?, ?>> children = new ArrayList<>();
        if (info.get("children") instanceof List<?> list) {
            for (Object child : list) {
                if (child instanceof Map<?, ?> figures) {
                    children.add(figures);
                }
            }
        }
        return children;
    }

    private static boolean isStopped(Post post) throws PluginCallException, InterruptedException {
        Object status =
                post.circus().call("status", Map.of("name", post.watcher())).get("status");
        return "stopped".equals(status) || "stopping".equals(status);
    }

    private static void judge(Post post, Subject subject, ResourceUse use) {
        Set<Fault> faults = post.bounds().faults(use);
        faults.forEach(fault -> post.increment(fault.word()));
        Set<Fault> lasting = post.counters().count(subject, faults);
        if (lasting.isEmpty()) {
            return;
        }
        post.increment("restarting");
        String why = lasting.stream().map(Fault::word).collect(Collectors.joining(", "));
        int rounds = post.options().get(PluginOptions.MAX_COUNT) + 1;
        if (subject.equals(Subject.ALL)) {
            LOG.log(Level.WARNING, "{0}: {1} in {2} rounds in a row: it is restarted", post.watcher(), why, rounds);
            post.circus().cast("restart", Map.of("name", post.watcher(), "match", "simple"));
        } else {
            int signal = post.options().get(PluginOptions.CHILD_SIGNAL);
            LOG.log(
                    Level.WARNING,
                    "{0}: {1} in {2} rounds in a row of process {3}, a child of {4}: it is sent signal {5}",
                    post.watcher(),
                    why,
                    rounds,
                    String.valueOf(subject.pid()),
                    String.valueOf(subject.worker()),
                    signal);
            post.circus()
                    .cast(
                            "signal",
                            Map.of(
                                    "name",
                                    post.watcher(),
                                    "signum",
                                    signal,
                                    "pid",
                                    subject.worker(),
                                    "child_pid",
                                    subject.pid()));
        }
    }

    @Override
    public void stop() {
        if (statsd != null) {
            statsd.close();
        }
    }
}
