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
 *
 * <p>What waits for its start, and how often a watcher was tried, is remembered for the Flapping that comes after this one, as soon as it is
 * decided and before circusd is told: see {@link FlappingMemory}. A start stays remembered until it has begun.
 */
public final class Flapping implements Plugin {
    private static final System.Logger LOG = System.getLogger(Flapping.class.getName());

    /** The reason of an {@code exit} that nobody has asked for; docs/events.md. */
    private static final String DIED = "died";

    /** An edit of the file that is reloaded has no event {@code updated}: what is known of options is not believed for longer. */
    private static final Duration RULES_ARE_FRESH = Duration.ofSeconds(5);

    private static final String STOPPED = "stopped";
    private static final String STOPPING = "stopping";

    /** What the names of plugins begin with. */
    private static final String PLUGIN = "plugin:";

    /** Some 30 years. */
    private static final double MOST_SECONDS = 1e9;

    private static final Duration STOP_AGAIN = Duration.ofSeconds(1);
    private static final Duration TIDY = Duration.ofMinutes(1);

    private final LongSupplier nanos;
    private final InstantSource clock;
    private final Map<String, Watched> watched = new HashMap<>();
    private @Nullable PluginContext circus;
    private FlappingRules common = new FlappingRules(0, 0, 0, 0, false);

    /** What is asked by this plugin is known to circusd as asked by it, so what is asked by another name is not. */
    private boolean isKnown;

    /** More is under way than can be remembered, and that was told. */
    private boolean isTooMuch;

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

        /** It was told to start, and has not begun to. */
        private boolean starting;

        /** Seconds since the epoch: what was asked of the watcher after this is not of us. */
        private double stopAsked;

        /** Seconds since the epoch: when the last stop was decided, or, after that, when it was started again. */
        private double since;

        /** Whether the one before this plugin has stopped it, as whose stop it must be known then. */
        private boolean inherited;

        /** Seconds since the epoch: stops until then are old news. */
        private double newsFrom = Double.NEGATIVE_INFINITY;

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
        resume();
    }

    /** Goes on with what the one before has left. */
    private void resume() throws PluginCallException, InterruptedException {
        Map<String, FlappingMemory.Entry> left = FlappingMemory.read(
                circus().remembered(),
                mistake -> LOG.log(
                        Level.WARNING,
                        "cannot use what the {0} before has remembered, so that is left as it is: {1}",
                        circus().name(),
                        mistake));
        for (Map.Entry<String, FlappingMemory.Entry> each : left.entrySet()) {
            resume(each.getKey(), each.getValue());
        }
        keep();
    }

    private void resume(String name, FlappingMemory.Entry left) throws PluginCallException, InterruptedException {
        Map<String, @Nullable Object> reply = statusOf(name);
        double now = now();
        Watched one = new Watched(common, nanos.getAsLong());
        one.since = left.since();
        one.inherited = true;
        FlappingRecord.State state = state(name, one, left, reply);
        if (state == null || !readRules(name, one)) {
            return;
        }
        if (!STOPPING.equals(reply.get("status"))) {
            one.newsFrom = now; // else the end of that stop is news, though it may be on its way already
        }
        double gone = Math.max(0, Math.min(now - left.since(), MOST_SECONDS));
        one.record.resume(state, left.tries(), nanos.getAsLong() - (long) (gone * 1e9));
        watched.put(name, one);
        if (state == FlappingRecord.State.WATCHED) {
            return;
        }
        // A clock that was set back makes it no longer than it was to be.
        double rest = Math.max(0, one.rules.retryIn() - gone);
        LOG.log(
                Level.INFO,
                "{0} was stopped since it was flapping, and is started again in {1} s (try {2})",
                name,
                Math.round(rest),
                left.tries());
        one.timer = circus().after(Seconds.of(rest), () -> retry(name, one));
    }

    /** @return null where there is nothing to go on with */
    private FlappingRecord.@Nullable State state(
            String name, Watched one, FlappingMemory.Entry left, Map<String, @Nullable Object> reply) {
        boolean stopped = STOPPED.equals(reply.get("status"));
        if ("error".equals(reply.get("status"))) {
            return null;
        }
        if (!left.waiting()) {
            // After a reboot it may have its turn to be started later than this plugin.
            return stopped && isStopAsked(reply) ? null : FlappingRecord.State.WATCHED;
        }
        if (!stopped && !STOPPING.equals(reply.get("status"))) {
            return FlappingRecord.State.WATCHED; // its start has begun, or its stop has not
        }
        if (!isOurs(reply, one)) {
            tellThatItIsLeft(name);
            return null;
        }
        return stopped ? FlappingRecord.State.WAITING : FlappingRecord.State.STOPPING;
    }

    private static void tellThatItIsLeft(String name) {
        LOG.log(Level.INFO, "{0} is not started again: somebody has told it something else since", name);
    }

    /** Remembers what there is to go on with. */
    private void keep() {
        Map<String, FlappingMemory.Entry> entries = new HashMap<>();
        watched.forEach((name, one) -> {
            FlappingRecord.State state = one.record.state();
            boolean waiting =
                    one.starting || state == FlappingRecord.State.STOPPING || state == FlappingRecord.State.WAITING;
            if (one.record.tries() > 0) {
                entries.put(name, new FlappingMemory.Entry(waiting, one.record.tries(), one.since));
            }
        });
        circus().remember(FlappingMemory.write(entries, this::tellLeftOut));
    }

    /** Once, until there is room for all again. */
    private void tellLeftOut(int count) {
        if (count > 0 && !isTooMuch) {
            LOG.log(
                    Level.WARNING,
                    "cannot remember {0} of the watchers that {1} has stopped: there is no room for more than {2} bytes;"
                            + " if circusd ends now, they are not started again, or their tries are forgotten",
                    String.valueOf(count),
                    circus().name(),
                    String.valueOf(PluginContext.MOST_REMEMBERED));
        }
        isTooMuch = count > 0;
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
        if (watched.values().removeIf(one -> one.record.isForgettable(now, one.rules))) {
            keep();
        }
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
            case STOP -> stopped(event);
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
                decided(one);
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
                decided(one);
                stop(name, one);
            }
        }
    }

    /** It is to be stopped. */
    private void decided(Watched one) {
        one.since = now();
        one.stopAsked = one.since;
        one.starting = false;
        one.inherited = false;
        one.newsFrom = Double.NEGATIVE_INFINITY;
        keep();
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
        if (!"error".equals(reply.get("status"))) {
            isKnown = isKnown || isUs(asked(statusOf(name)).get("by"));
            return;
        }
        if (watched.get(name) != one) {
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
        Map<String, @Nullable Object> reply = statusOf(name);
        if ("error".equals(reply.get("status"))) {
            forget(name);
        } else if (!isOurs(reply, one) || !STOPPED.equals(reply.get("status"))) {
            tellThatItIsLeft(name);
            one.record.somebodyElse();
            keep();
        } else {
            one.record.retried(nanos.getAsLong());
            one.starting = true;
            circus().cast("start", exactly(name));
        }
    }

    private Map<String, @Nullable Object> statusOf(String name) throws PluginCallException, InterruptedException {
        return circus().call("status", Map.of("name", name, "details", true));
    }

    /** What a watcher was told last, to start, stop, restart or reload: empty where that is not known. */
    private static Map<?, ?> asked(Map<String, @Nullable Object> status) {
        return status.get("details") instanceof Map<?, ?> details
                        && details.size() == 1
                        && details.values().iterator().next() instanceof Map<?, ?> own
                        && own.get("asked") instanceof Map<?, ?> asked
                ? asked
                : Map.of();
    }

    /** As a thread of circusd it has a name there, as a process of the same machine a pid; over TCP it may have neither. */
    private boolean isUs(@Nullable Object by) {
        return circus().name().equals(by)
                || (by instanceof String words
                        && words.endsWith(", pid " + ProcessHandle.current().pid()));
    }

    /** Whether somebody has told it to stop, and nothing else since. */
    private static boolean isStopAsked(Map<String, @Nullable Object> status) {
        return asked(status).get("command") instanceof String command
                && (command.equals("stop") || command.startsWith("stop "));
    }

    /** Whether our stop is what a watcher was told last. */
    private boolean isOurs(Map<String, @Nullable Object> status, Watched one) {
        Map<?, ?> asked = asked(status);
        if (!(asked.get("time") instanceof Number time)) {
            // A stop is known for as long as nothing else is asked; Circus's own circusd knows none.
            return !one.inherited;
        }
        Object by = asked.get("by");
        if (isUs(by)) {
            return true;
        }
        // Only a thread of circusd inherits, and that has a name. The time would be wrong where the clock was set back.
        boolean isByAnother = isKnown || one.inherited || String.valueOf(by).startsWith(PLUGIN);
        return !isByAnother && time.doubleValue() <= one.stopAsked;
    }

    private void started(String name) {
        Watched one = watched.get(name);
        if (one == null) {
            return;
        }
        if (one.starting) {
            one.starting = false;
            one.since = now();
            keep();
        } else if (one.record.state() == FlappingRecord.State.WAITING) {
            LOG.log(Level.INFO, "{0} was started before its time by somebody else", name);
            one.cancel();
            one.record.somebodyElse();
            keep();
        }
    }

    private void stopped(PluginEvent event) throws PluginCallException, InterruptedException {
        Watched one = watched.get(event.watcher());
        if (one == null || (event.message().get("time") instanceof Number time && time.doubleValue() <= one.newsFrom)) {
            return;
        }
        one.starting = false;
        if (!one.record.stopped()) {
            one.cancel();
        } else if (one.overdue) {
            retry(event.watcher(), one);
        }
        keep();
    }

    private void forget(String name) {
        Watched one = watched.remove(name);
        if (one != null) {
            one.cancel();
            keep();
        }
    }
}
