package circus.plugins;

import circus.message.EventKind;
import circus.options.OptionValues;
import circus.options.PluginClass;
import circus.options.PluginOptions;
import circus.plugin.Plugin;
import circus.plugin.PluginCallException;
import circus.plugin.PluginContext;
import circus.plugin.PluginEvent;
import circus.plugin.PluginTimer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ends processes that send no heartbeat any more; circusd replaces them. What runs when it begins has as much time for its first heartbeat
 * as what is started later. Other plugins, and the worker that publishes statistics, are threads of circusd that send none, and are left
 * alone.
 */
public final class WatchDog implements Plugin {
    private static final System.Logger LOG = System.getLogger(WatchDog.class.getName());
    private static final String PLUGINS = "plugin:";
    private static final Set<String> OURS = Set.of("circusd-stats", "circushttpd");

    private final LongSupplier nanos;
    private @Nullable Dog dog;

    /** What there is from the start on. */
    private record Dog(
            PluginContext circus, OptionValues options, Pattern watchers, Silence silence, Heartbeats heartbeats) {
        boolean guards(String watcher) {
            String lower = watcher.toLowerCase(Locale.ROOT);
            return !lower.startsWith(PLUGINS)
                    && !OURS.contains(lower)
                    && (watchers.matcher(lower.replace(' ', '_')).lookingAt()
                            || watchers.matcher(watcher).lookingAt());
        }

        void monitor(String watcher, int pid, long now) {
            silence.monitor(watcher, pid, now);
            heartbeats.monitor(pid);
        }

        void forget(int pid) {
            silence.forget(pid);
            heartbeats.forget(pid);
        }
    }

    public WatchDog() {
        this(System::nanoTime);
    }

    /** @param nanos a clock that is never set */
    WatchDog(LongSupplier nanos) {
        this.nanos = nanos;
    }

    @Override
    public void start(PluginContext circus) throws Exception {
        OptionValues options = PluginClass.WATCHDOG.read(circus.config());
        Pattern format = PluginOptions.pattern(options.get(PluginOptions.MSG_REGEX));
        if (!Heartbeats.namesProcess(format)) {
            throw new IllegalArgumentException("cannot use msg_regex = " + options.get(PluginOptions.MSG_REGEX)
                    + ": it has no group pid; write (?P<pid>[0-9]+) where the number of the process stands");
        }
        Duration round = Seconds.of(options.get(PluginOptions.LOOP_RATE));
        Heartbeats heartbeats =
                new Heartbeats(options.get(PluginOptions.IP), options.get(PluginOptions.HEARTBEAT_PORT), format, nanos);
        Dog begun = new Dog(
                circus,
                options,
                PluginOptions.pattern(options.get(PluginOptions.WATCHERS_REGEX)),
                new Silence(round.toNanos(), options.get(PluginOptions.MAX_COUNT)),
                heartbeats);
        dog = begun;
        try {
            discover(begun);
            heartbeats.start(circus);
            begun.silence().begin(nanos.getAsLong());
            PluginTimer unused = circus.every(round, () -> round(begun));
        } catch (Exception failed) {
            heartbeats.close();
            throw failed;
        }
    }

    /** Those that run already; others are told by events. */
    private void discover(Dog begun) throws PluginCallException, InterruptedException {
        if (!(begun.circus().call("status", Map.of()).get("statuses") instanceof Map<?, ?> statuses)) {
            return;
        }
        for (Object name : statuses.keySet()) {
            String watcher = name.toString();
            if (begun.guards(watcher)
                    && begun.circus().call("list", Map.of("name", watcher)).get("pids") instanceof List<?> pids) {
                for (Object pid : pids) {
                    begun.monitor(watcher, ((Number) pid).intValue(), nanos.getAsLong());
                }
            }
        }
        LOG.log(
                Level.INFO,
                "{0} watches {1} processes",
                begun.circus().name(),
                begun.silence().size());
    }

    private void round(Dog dog) {
        for (Silence.Silent silent : dog.silence().round(dog.heartbeats().collect(), nanos.getAsLong())) {
            dog.heartbeats().forget(silent.pid());
            LOG.log(
                    Level.WARNING,
                    "process {0} of {1} has sent no heartbeat for more than {2} s: it is ended",
                    String.valueOf(silent.pid()),
                    silent.watcher(),
                    dog.options().get(PluginOptions.LOOP_RATE) * dog.options().get(PluginOptions.MAX_COUNT));
            Map<String, Object> properties = new LinkedHashMap<>();
            properties.put("name", silent.watcher());
            properties.put("pid", silent.pid());
            dog.options().get(PluginOptions.WATCHERS_STOP_SIGNAL).ifPresent(signal -> properties.put("signum", signal));
            dog.options()
                    .get(PluginOptions.WATCHERS_GRACEFUL_TIMEOUT)
                    .ifPresent(seconds -> properties.put("graceful_timeout", seconds));
            dog.circus().cast("kill", properties);
        }
    }

    @Override
    public void event(PluginEvent event) {
        Dog there = dog;
        EventKind kind = EventKind.find(event.action()).orElse(null);
        if (there == null || event.pid().isEmpty()) {
            return;
        }
        int pid = event.pid().getAsInt();
        if (kind == EventKind.SPAWN && there.guards(event.watcher())) {
            there.monitor(event.watcher(), pid, nanos.getAsLong());
        } else if (kind == EventKind.EXIT) {
            there.forget(pid);
        }
    }

    /** The port at which it receives. */
    int port() {
        return dog == null ? 0 : dog.heartbeats().port();
    }

    /** Whether a heartbeat of this process waits for the next round. */
    boolean hasHeard(int pid) {
        return dog != null && dog.heartbeats().hasHeard(pid);
    }

    /** Of how many processes a heartbeat waits for the next round. */
    int kept() {
        return dog == null ? 0 : dog.heartbeats().kept();
    }

    @Override
    public void stop() throws IOException {
        if (dog != null) {
            dog.heartbeats().close();
        }
    }
}
