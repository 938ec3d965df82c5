package circus.manager.watcher;

import circus.manager.config.Amendments;
import circus.manager.config.HookCheck;
import circus.manager.config.PluginWatcher;
import circus.manager.config.SystemAccounts;
import circus.manager.config.WatcherConfig;
import circus.manager.extension.Extensions;
import circus.manager.hook.HookPort;
import circus.manager.kernel.Exit;
import circus.manager.kernel.KernelPort;
import circus.manager.python.PythonNames;
import circus.message.CommandException;
import circus.message.Event;
import circus.options.Option;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Everything around a watcher, in memory: a clock that is moved by hand, a {@link FakeKernel}, and a record of the events. */
public final class Stage implements Surroundings, Clock {
    /** As on a machine where every user exists. */
    public static final Amendments AMENDMENTS = new Amendments(
            Map.of(), new SystemAccounts(), new HookCheck(new Extensions(List.of()), PythonNames.TRUSTED));

    private static final AtomicLong ORDERS = new AtomicLong();
    private static final Instant EPOCH = Instant.parse("2026-11-20T21:00:00Z");

    private final Map<Long, Watcher> owners = new HashMap<>();
    private final Set<Reconciler> changed = new LinkedHashSet<>();
    private final Map<Reconciler, Long> due = new LinkedHashMap<>();
    private long nanos;

    /** How often output was to go elsewhere. */
    public int rerouted;

    public final FakeKernel kernel = new FakeKernel(this, this::exited, this::gone);
    public final FakeHooks hooks = new FakeHooks();
    public final List<Event> events = new ArrayList<>();
    public final List<Death> deaths = new ArrayList<>();

    /** The held sockets that there are. */
    public final Map<String, SocketPlace> sockets = new HashMap<>();

    /** How an operation went, for those that test it. */
    public static final class Heard implements Outcome {
        public Optional<Change> change = Optional.empty();
        public Optional<String> failure = Optional.empty();
        public int replies;

        @Override
        public void done(Change done) {
            change = Optional.of(done);
            replies++;
        }

        @Override
        public void failed(CommandException cause) {
            failure = Optional.of(cause.reason());
            replies++;
        }
    }

    // ---- watchers

    public static OptionValues options() {
        return OptionValues.NONE.with(WatcherOptions.CMD, "sleep 100");
    }

    public static <T> OptionValues options(Option<T> option, T value) {
        return options().with(option, value);
    }

    public static WatcherConfig config(String name, OptionValues options) {
        return new WatcherConfig(name, options, Map.of(), Map.of(), Optional.empty(), Optional.empty());
    }

    /** One whose worker is a thread of circusd. */
    public static WatcherConfig plugin(String name) {
        return new WatcherConfig(
                name,
                options(),
                Map.of(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Map.of(),
                Map.of("made by circusd", PluginWatcher.RESIDENT));
    }

    /** One whose hooks at these points are called {@code h}, or {@code h,true}. */
    public static WatcherConfig hooked(OptionValues options, String... points) {
        Map<String, String> hooks = new LinkedHashMap<>();
        for (String point : points) {
            String word = point.replace(",true", "");
            hooks.put(word, point.equals(word) ? "h" : "h,true");
        }
        return new WatcherConfig(
                "web", options, Map.of(), Map.of(), Optional.empty(), Optional.empty(), Map.of(), hooks, Map.of());
    }

    public Watcher watcher(String name, OptionValues options) {
        return watcher(config(name, options));
    }

    public Watcher watcher(WatcherConfig config) {
        Watcher watcher = new Watcher(Definition.ofFile(config), this);
        changed(watcher);
        return watcher;
    }

    /** One that runs {@code count} workers already. */
    public Watcher started(int count) {
        return started(options(WatcherOptions.NUMPROCESSES, count));
    }

    public Watcher started(OptionValues options) {
        Watcher watcher = watcher("web", options);
        ask(watcher, Operation.Kind.START);
        settle();
        events.clear();
        kernel.signals.clear();
        return watcher;
    }

    /** What a command asks for, numbered. */
    public static Order order(String lock, boolean patient, Outcome outcome) {
        return new Order(ORDERS.incrementAndGet(), lock, "uid 0", EPOCH, lock, patient, false, outcome);
    }

    public Heard ask(Watcher watcher, Operation.Kind kind) {
        Heard heard = new Heard();
        try {
            watcher.submit(Operation.of(
                    kind, order("watcher_" + kind.name().toLowerCase(java.util.Locale.ROOT), true, heard)));
        } catch (CommandException refused) {
            heard.failed(refused);
        }
        return heard;
    }

    public Heard resize(Watcher watcher, int amount) {
        Heard heard = new Heard();
        try {
            watcher.submit(Operation.resize(amount, order(amount < 0 ? "watcher_decr" : "watcher_incr", true, heard)));
        } catch (CommandException refused) {
            heard.failed(refused);
        }
        return heard;
    }

    /** What is 0, and seconds below 0, is not said. */
    public Heard kill(Watcher watcher, int pid, int signum, double seconds) {
        Heard heard = new Heard();
        try {
            watcher.kill(
                    new KillOrder(
                            pid == 0 ? OptionalLong.empty() : OptionalLong.of(pid),
                            signum == 0 ? OptionalInt.empty() : OptionalInt.of(signum),
                            seconds < 0 ? Optional.empty() : Optional.of(Duration.ofNanos((long) (seconds * 1e9))),
                            new Behalf("kill web", "uid 0")),
                    heard);
        } catch (CommandException refused) {
            heard.failed(refused);
        }
        return heard;
    }

    /** The manager has died: what it was about to do is not done any more. */
    public void forget() {
        owners.clear();
        changed.clear();
        due.clear();
        events.clear();
        kernel.signals.clear();
        hooks.forget();
    }

    // ---- time and turns

    /** Turns until nothing more happens without time or the outside. */
    public void settle() {
        for (int turns = 0; turns < 10_000; turns++) {
            boolean any = kernel.turn();
            any |= hooks.turn();
            any |= stepChanged();
            if (!any) {
                return;
            }
        }
        throw new AssertionError("no end of turns");
    }

    /** Steps what has changed or is due, without any answer of the kernel. */
    public boolean stepChanged() {
        due.forEach((reconciler, when) -> {
            if (when <= nanos) {
                changed.add(reconciler);
            }
        });
        List<Reconciler> now = List.copyOf(changed);
        changed.clear();
        for (Reconciler reconciler : now) {
            due.put(reconciler, reconciler.step(nanos));
        }
        return !now.isEmpty();
    }

    /** Lets time pass, with everything that is due on the way. */
    public void pass(Duration time) {
        long end = nanos + time.toNanos();
        settle();
        while (true) {
            long next = due.values().stream().mapToLong(Long::longValue).min().orElse(Reconciler.NEVER);
            if (next > end) {
                break;
            }
            nanos = Math.max(nanos, next);
            settle();
        }
        nanos = end;
        settle();
    }

    public void pass(double seconds) {
        pass(Duration.ofNanos((long) (seconds * 1e9)));
    }

    // ---- what the kernel tells

    void exited(Exit exit) {
        Watcher owner = owners.get(exit.incarnation());
        if (owner == null) {
            throw new AssertionError("nobody knows incarnation " + exit.incarnation());
        }
        owner.exited(exit);
    }

    void gone(long incarnation) {
        Watcher owner = owners.get(incarnation);
        if (owner == null) {
            throw new AssertionError("nobody knows incarnation " + incarnation);
        }
        owner.leftoversGone(incarnation);
    }

    /** The events since the last look: {@code spawn 1001} and the like. */
    public List<String> news() {
        List<String> news = events.stream().map(Stage::brief).toList();
        events.clear();
        return news;
    }

    private static String brief(Event event) {
        StringBuilder brief = new StringBuilder(event.kind().word());
        for (String key : List.of("name", "process_pid", "exit_code", "reason")) {
            if (event.payload().containsKey(key)) {
                brief.append(' ').append(event.payload().get(key));
            }
        }
        return brief.toString();
    }

    // ---- Surroundings

    @Override
    public Clock clock() {
        return this;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant now() {
        return EPOCH.plusNanos(nanos);
    }

    @Override
    public KernelPort kernel() {
        return kernel;
    }

    @Override
    public Amendments amendments() {
        return AMENDMENTS;
    }

    @Override
    public Launcher launcher(WatcherConfig config) {
        return new Launcher(config, sockets, "/usr/bin:/bin");
    }

    @Override
    public void keep(String key, String value) {
        kernel.putValue(key, value);
    }

    @Override
    public void drop(String key) {
        kernel.removeValue(key);
    }

    @Override
    public void rerouted(Watcher watcher) {
        rerouted++;
    }

    @Override
    public void died(Death death) {
        deaths.add(death);
    }

    @Override
    public void publish(Event event) {
        events.add(event);
    }

    @Override
    public void afterLastWords(String watcher, long incarnation, Runnable then) {
        then.run();
    }

    @Override
    public HookPort hooks() {
        return hooks;
    }

    @Override
    public void claim(long incarnation, Watcher watcher) {
        owners.put(incarnation, watcher);
    }

    @Override
    public void release(long incarnation) {
        owners.remove(incarnation);
    }

    @Override
    public void changed(Reconciler reconciler) {
        changed.add(reconciler);
    }
}
