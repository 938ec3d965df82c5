package circus.plugins;

import circus.message.Json;
import circus.plugin.Plugin;
import circus.plugin.PluginContext;
import circus.plugin.PluginEvent;
import circus.plugin.PluginTask;
import circus.plugin.PluginTimer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A circusd for one plugin in which nothing happens by itself: time passes by {@link #pass}, events come by {@link #tell}, and calls are
 * answered with what {@link #answer} has set. What was asked is kept in {@link #asked}. One thread, but for {@link #execute}.
 */
final class HandDriven implements PluginContext {
    private static final Instant BEGIN = Instant.parse("2026-11-22T12:00:00.123456Z");

    /** A command of the plugin; {@code isCast} if nobody waits for its answer. */
    record Asked(String command, Map<String, ?> properties, boolean isCast) {
        @Override
        public String toString() {
            return (isCast ? "cast " : "call ") + command + " " + properties;
        }
    }

    private static final class Timer implements PluginTimer {
        private final PluginTask task;
        private final @Nullable Duration period;
        private long due;
        private boolean cancelled;

        private Timer(PluginTask task, @Nullable Duration period, long due) {
            this.task = task;
            this.period = period;
            this.due = due;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    private final String name;
    private final Map<String, String> config;
    private final Map<String, Function<Map<String, ?>, Map<String, @Nullable Object>>> answers = new HashMap<>();
    private final Queue<Asked> asked = new ArrayDeque<>();
    private final List<Timer> timers = new ArrayList<>();
    private final Queue<PluginTask> posted = new ConcurrentLinkedQueue<>();
    private long nanos = 1_000_000_000L;
    private Duration steps = Duration.ZERO;

    /** What the plugin remembers. */
    String memory = "";

    /** @param config the options of its section, keys and values in turn */
    HandDriven(String name, String... config) {
        this.name = name;
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 0; i < config.length; i += 2) {
            options.put(config[i], config[i + 1]);
        }
        this.config = options;
    }

    /** The moment, as a clock that is never set tells it. */
    long nanos() {
        return nanos;
    }

    /** The moment, as the wall clock tells it. */
    Instant now() {
        return BEGIN.plus(steps).plusNanos(nanos);
    }

    InstantSource wallClock() {
        return this::now;
    }

    /** Sets the wall clock forward, or with a negative amount back. */
    void setClock(Duration by) {
        steps = steps.plus(by);
    }

    /** From now on a command is answered like that; one for which nothing is set is answered with {@code ok} alone. */
    void answer(String command, Map<String, @Nullable Object> reply) {
        answers.put(command, properties -> reply);
    }

    void answer(String command, Function<Map<String, ?>, Map<String, @Nullable Object>> replies) {
        answers.put(command, replies);
    }

    /** What was asked since the last time. */
    List<Asked> asked() {
        List<Asked> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    /** The same without what only looks, in short: {@code stop web}. */
    List<String> orders() {
        return asked().stream()
                .filter(each ->
                        !List.of("options", "status", "list", "get", "stats").contains(each.command()))
                .map(each -> each.command() + " " + each.properties().get("name"))
                .toList();
    }

    /** Something happens to a watcher, now. */
    void tell(Plugin plugin, String watcher, String action, Map<String, @Nullable Object> message) throws Exception {
        Map<String, @Nullable Object> whole = new LinkedHashMap<>(message);
        whole.putIfAbsent("time", Json.seconds(now()));
        plugin.event(new PluginEvent(watcher, action, whole));
    }

    /** Time passes, and what is due is done, in order; also what other threads have posted. */
    void pass(Duration time) throws Exception {
        long end = nanos + time.toNanos();
        runPosted();
        for (Optional<Timer> next = next(end); next.isPresent(); next = next(end)) {
            Timer timer = next.get();
            nanos = Math.max(nanos, timer.due);
            if (timer.period == null) {
                timers.remove(timer);
            } else {
                timer.due += timer.period.toNanos();
            }
            timer.task.run();
            runPosted();
        }
        nanos = end;
    }

    /** The plugin has ended, with all of its timers, and circusd as well. */
    void end() {
        timers.clear();
        posted.clear();
    }

    /** Time passes in which the plugin's thread gets no turn: what is due comes late, once. */
    void freeze(Duration time) throws Exception {
        nanos += time.toNanos();
        for (Timer timer : timers) {
            if (timer.period != null && timer.due < nanos) {
                timer.due = nanos;
            }
        }
        pass(Duration.ZERO);
    }

    private Optional<Timer> next(long end) {
        timers.removeIf(timer -> timer.cancelled);
        return timers.stream().filter(timer -> timer.due <= end).min(Comparator.comparingLong(timer -> timer.due));
    }

    private void runPosted() throws Exception {
        for (PluginTask task = posted.poll(); task != null; task = posted.poll()) {
            task.run();
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<String, String> config() {
        return config;
    }

    @Override
    public Map<String, @Nullable Object> call(String command, Map<String, ?> properties) {
        return ask(new Asked(command, properties, false));
    }

    @Override
    public void cast(String command, Map<String, ?> properties) {
        Map<String, @Nullable Object> unused = ask(new Asked(command, properties, true));
    }

    private Map<String, @Nullable Object> ask(Asked question) {
        asked.add(question);
        Map<String, @Nullable Object> reply = new LinkedHashMap<>();
        reply.put("status", "ok");
        Function<Map<String, ?>, Map<String, @Nullable Object>> answer = answers.get(question.command());
        if (answer != null) {
            reply.putAll(answer.apply(question.properties()));
        }
        return reply;
    }

    @Override
    public void remember(String text) {
        memory = text;
    }

    @Override
    public String remembered() {
        return memory;
    }

    @Override
    public PluginTimer every(Duration period, PluginTask task) {
        return timer(new Timer(task, period, nanos + period.toNanos()));
    }

    @Override
    public PluginTimer after(Duration delay, PluginTask task) {
        return timer(new Timer(task, null, nanos + delay.toNanos()));
    }

    private PluginTimer timer(Timer timer) {
        timers.add(timer);
        return timer;
    }

    @Override
    public void execute(PluginTask task) {
        posted.add(task);
    }
}
