package circus.plugins;

import circus.message.EventKind;
import circus.message.Json;
import circus.options.PluginClass;
import circus.plugin.Plugin;
import circus.plugin.PluginCallException;
import circus.plugin.PluginContext;
import circus.plugin.PluginEvent;
import circus.plugin.PluginTimer;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stops a watcher whose processes die too often, starts it again after a while, and gives it up when that does not help.
 *
 * <p>What counts are deaths that nobody has asked for: the reason of the event {@code exit}. Whoever starts, stops, restarts or removes the
 * watcher meanwhile has the last word: it is not started again then. A stop of what is stopped already has no event, so circusd is asked
 * before the start what the watcher was last told to do.
 */
public final class Flapping implements Plugin {
    private static final System.Logger LOG = System.getLogger(Flapping.class.getName());

    /** The reason of an {@code exit} that nobody has asked for; docs/events.md. */
    private static final String DIED = "died";

    /** An edit of the file that is reloaded has no event {@code updated}: what is known of options is not believed for longer. */
    private static final Duration RULES_ARE_FRESH = Duration.ofSeconds(5);

    private static final Duration STOP_AGAIN = Duration.ofSeconds(1);
    private static final Duration TIDY = Duration.ofMinutes(1);

    private final LongSupplier nanos;
    private final InstantSource clock;
    private final Map<String, Watched> watched = new HashMap<>();
    private @Nullable PluginContext circus;
    private FlappingRules common = new FlappingRules(0, 0, 0, 0, false);

    /** One watcher, and what is under way with it. */
    private static final class Watched {
        private final FlappingRecord record;
        private FlappingRules rules;
        private long rulesRead;
        private boolean rulesHold;

        /** The start, or another attempt of a stop. */
        private @Nullable PluginTimer timer;

        /** The time of the start has come before it was stopped. */
        private boolean overdue;

        /** Seconds since the epoch: what was asked of the watcher after this is not of us. */
        private double stopAsked;

        private Watched(FlappingRules rules, long now) {
            this.record = new FlappingRecord(now);
            this.rules = rules;
        }

        private void cancel() {
            if (timer != null) {
                timer.cancel();
                timer = null;
            }
        }
    }

    public Flapping() {
        this(System::nanoTime, InstantSource.system());
    }

    /** @param nanos a clock that is never set */
    Flapping(LongSupplier nanos, InstantSource clock) {
        this.nanos = nanos;
        this.clock = clock;
    }

    @Override
    public void start(PluginContext context) throws Exception {
        circus = context;
        common = FlappingRules.of(PluginClass.FLAPPING.read(context.config()));
        PluginTimer unused = context.every(TIDY, this::tidy);
    }

    private PluginContext circus() {
        return Objects.requireNonNull(circus);
    }

    /** How many watchers something is known of. */
    int remembered() {
        return watched.size();
    }

    private void tidy() {
        long now = nanos.getAsLong();
        watched.values().removeIf(one -> one.record.isForgettable(now, one.rules));
    }

    @Override
    public void event(PluginEvent event) throws Exception {
        EventKind kind = EventKind.find(event.action()).orElse(null);
        if (kind == null || event.watcher().equals(circus().name())) {
            return;
        }
        switch (kind) {
            case EXIT -> {
                if (DIED.equals(event.message().get("reason"))) {
                    died(event);
                }
            }
            case SPAWN, START -> started(event.watcher());
            case STOP -> stopped(event.watcher());
            case ADD, REMOVE -> forget(event.watcher());
            case UPDATED -> {
                Watched one = watched.get(event.watcher());
                if (one != null) {
                    one.rulesHold = false;
                }
            }
            case REAP, KILL, RELOAD, HOOK_SUCCESS, HOOK_FAILURE -> {}
        }
    }

    private void died(PluginEvent event) throws PluginCallException, InterruptedException {
        String name = event.watcher();
        Watched one = watched.computeIfAbsent(name, unused -> new Watched(common, nanos.getAsLong()));
        if (!readRules(name, one)) {
            forget(name);
            return;
        }
        if (!one.rules.active()) {
            return;
        }
        double seconds = event.message().get("time") instanceof Number time ? time.doubleValue() : now();
        switch (one.record.died(seconds, nanos.getAsLong(), one.rules)) {
            case FINE -> {}
            case RETRY -> {
                LOG.log(
                        Level.WARNING,
                        "{0} is flapping: {1} deaths within {2} s; it is stopped, and started again in {3} s (try {4}{5})",
                        name,
                        one.rules.attempts(),
                        one.rules.span(),
                        one.rules.retryIn(),
                        one.record.tries(),
                        one.rules.maxRetry() < 0 ? "" : " of " + one.rules.maxRetry());
                one.overdue = false;
                one.cancel();
                one.timer = circus().after(Seconds.of(one.rules.retryIn()), () -> retry(name, one));
                stop(name, one);
            }
            case GIVE_UP -> {
                LOG.log(
                        Level.ERROR,
                        "{0} is flapping, and was started again {1} times already: it is stopped for good;"
                                + " mend it, then: circusctl start {0}",
                        name,
                        one.rules.maxRetry());
                stop(name, one);
            }
        }
    }

    /** @return false where there is no such watcher */
    private boolean readRules(String name, Watched one) throws PluginCallException, InterruptedException {
        long now = nanos.getAsLong();
        if (one.rulesHold && now - one.rulesRead < RULES_ARE_FRESH.toNanos()) {
            return true;
        }
        Map<String, @Nullable Object> reply = circus().call("options", Map.of("name", name));
        if (!(reply.get("options") instanceof Map<?, ?> options)) {
            return false;
        }
        one.rules = common.in(
                options,
                mistake -> LOG.log(Level.WARNING, "cannot use {0} of {1}: {2}", FlappingRules.PREFIX, name, mistake));
        one.rulesRead = now;
        one.rulesHold = true;
        return true;
    }

    private double now() {
        return Json.seconds(clock.instant()); // as circusd tells times
    }

    /** Where it is refused, it is tried again as long as it is wanted. */
    private void stop(String name, Watched one) throws PluginCallException, InterruptedException {
        Map<String, @Nullable Object> reply = circus().call("stop", exactly(name));
        one.stopAsked = now();
        if (!"error".equals(reply.get("status")) || watched.get(name) != one) {
            return;
        }
        LOG.log(Level.WARNING, "cannot stop {0}: {1}", name, reply.get("reason"));
        if ("error".equals(circus().call("status", Map.of("name", name)).get("status"))) {
            forget(name);
            return;
        }
        PluginTimer unused = circus().after(STOP_AGAIN, () -> {
            FlappingRecord.State state = one.record.state();
            if (watched.get(name) == one
                    && (state == FlappingRecord.State.STOPPING || state == FlappingRecord.State.ENDING)) {
                stop(name, one);
            }
        });
    }

    private static Map<String, Object> exactly(String name) {
        return Map.of("name", name, "match", "simple");
    }

    private void retry(String name, Watched one) throws PluginCallException, InterruptedException {
        one.timer = null;
        one.overdue = one.record.state() == FlappingRecord.State.STOPPING;
        if (one.record.state() != FlappingRecord.State.WAITING) {
            return;
        }
        Map<String, @Nullable Object> reply = circus().call("status", Map.of("name", name, "details", true));
        if ("error".equals(reply.get("status"))) {
            forget(name);
        } else if (asked(reply) > one.stopAsked) {
            LOG.log(Level.INFO, "{0} is not started again: somebody has told it something else since", name);
            one.record.somebodyElse();
        } else {
            one.record.retried(nanos.getAsLong());
            circus().cast("start", exactly(name));
        }
    }

    /** When a watcher was last told to start, stop, restart or reload. */
    private static double asked(Map<String, @Nullable Object> status) {
        if (status.get("details") instanceof Map<?, ?> details
                && details.size() == 1
                && details.values().iterator().next() instanceof Map<?, ?> own
                && own.get("asked") instanceof Map<?, ?> asked
                && asked.get("time") instanceof Number time) {
            return time.doubleValue();
        }
        return Double.NEGATIVE_INFINITY;
    }

    private void started(String name) {
        Watched one = watched.get(name);
        if (one != null && one.record.state() == FlappingRecord.State.WAITING) {
            LOG.log(Level.INFO, "{0} was started before its time by somebody else", name);
            one.cancel();
            one.record.somebodyElse();
        }
    }

    private void stopped(String name) throws PluginCallException, InterruptedException {
        Watched one = watched.get(name);
        if (one == null) {
            return;
        }
        if (!one.record.stopped()) {
            one.cancel();
        } else if (one.overdue) {
            retry(name, one);
        }
    }

    private void forget(String name) {
        Watched one = watched.remove(name);
        if (one != null) {
            one.cancel();
        }
    }
}
