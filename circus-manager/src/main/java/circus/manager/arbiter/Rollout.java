package circus.manager.arbiter;

import circus.manager.watcher.Change;
import circus.manager.watcher.Operation;
import circus.manager.watcher.Operation.Kind;
import circus.manager.watcher.Order;
import circus.manager.watcher.Outcome;
import circus.manager.watcher.Reconciler;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.options.WatcherOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One operation on several watchers: phases that follow each other, each of which concerns its watchers side by side. Starts go from the
 * highest priority to the lowest, one phase for each priority, or, with a warm-up, for each watcher and with a pause between them; a stop is one
 * phase, begun from the lowest priority on; a reload has a phase for each watcher. Runs on circus-loop only.
 */
final class Rollout implements Reconciler {
    /** The beginning of so many parts takes a few hundred microseconds; then others get their turn. */
    private static final int MOST_AT_ONCE = 20;

    /** One of those that go side by side in a phase. */
    sealed interface Part {}

    /**
     * An operation on one watcher.
     *
     * @param unlessRests left out when its turn comes and the watcher rests
     */
    record OfWatcher(Kind kind, Watcher watcher, boolean unlessRests) implements Part {
        OfWatcher(Kind kind, Watcher watcher) {
            this(kind, watcher, false);
        }
    }

    /** Something else: begun when its turn comes, over when it says so. */
    non-sealed interface Task extends Part {
        void begin(Outcome heard);
    }

    private final Order order;
    private final long warmupNanos;
    private final Consumer<Rollout> changed;
    private final Deque<List<Part>> phases = new ArrayDeque<>();

    /** Of the phase that runs, what has not begun. */
    private final Deque<Part> next = new ArrayDeque<>();

    private int pending;
    private boolean over;
    private @Nullable CommandException failure;

    /** A start was among what has begun last: before the next one there is a pause. */
    private boolean warming;

    private long warmUntil;

    /**
     * @param warmup the pause after the start of each watcher but the last
     * @param changed told when a step is worth while, and when it is over
     */
    Rollout(Order order, Duration warmup, Consumer<Rollout> changed) {
        this.order = order;
        this.warmupNanos = warmup.toNanos();
        this.changed = changed;
    }

    /** Adds the phases of a start. */
    Rollout start(Collection<Watcher> watchers) {
        Map<Integer, List<Part>> byPriority = new TreeMap<>(Comparator.reverseOrder());
        for (Watcher watcher : watchers) {
            byPriority
                    .computeIfAbsent(priority(watcher), unused -> new ArrayList<>())
                    .add(new OfWatcher(Kind.START, watcher));
        }
        if (warmupNanos == 0) {
            phases.addAll(byPriority.values());
        } else {
            byPriority.values().stream()
                    .flatMap(List::stream)
                    .forEach(part -> phases.add(new ArrayList<>(List.of(part))));
        }
        return this;
    }

    /** Adds the phase of a stop. */
    Rollout stop(Collection<Watcher> watchers, Predicate<Watcher> startedAgain) {
        List<Part> parts = new ArrayList<>();
        watchers.stream()
                .sorted(Comparator.comparingInt(Rollout::priority))
                .forEach(watcher ->
                        parts.add(new OfWatcher(startedAgain.test(watcher) ? Kind.PAUSE : Kind.STOP, watcher)));
        phases.add(parts);
        return this;
    }

    /** Adds a phase for each, from the highest priority to the lowest; who rests then is left alone. */
    Rollout eachInTurn(Kind kind, Collection<Watcher> watchers) {
        watchers.stream()
                .sorted(Comparator.comparingInt(Rollout::priority).reversed())
                .forEach(watcher -> phases.add(new ArrayList<>(List.of(new OfWatcher(kind, watcher, true)))));
        return this;
    }

    /** Adds a phase. */
    Rollout then(Collection<? extends Part> parts) {
        phases.add(new ArrayList<>(parts));
        return this;
    }

    static int priority(Watcher watcher) {
        return watcher.config().options().get(WatcherOptions.PRIORITY);
    }

    static boolean autostart(Watcher watcher) {
        return watcher.config().options().get(WatcherOptions.AUTOSTART);
    }

    Order order() {
        return order;
    }

    boolean isOver() {
        return over;
    }

    /** Somebody has asked something else of this watcher since: what has not begun is left out. */
    void overtaken(Watcher watcher) {
        Predicate<Part> concerned = part -> part instanceof OfWatcher one && one.watcher() == watcher;
        next.removeIf(concerned);
        phases.forEach(parts -> parts.removeIf(concerned));
    }

    /** It goes on, but whoever asked for it is told at the end that not all of it could be done. Only the first failure is told. */
    void failed(CommandException cause) {
        if (failure == null) {
            failure = cause;
        }
    }

    /** Nothing more of it is done. */
    void abandon(CommandException cause) {
        phases.clear();
        next.clear();
        if (!over) {
            over = true;
            order.outcome().failed(cause);
        }
    }

    @Override
    public long step(long now) {
        while (!over) {
            for (int begun = 0; begun < MOST_AT_ONCE && !next.isEmpty(); begun++) {
                begin(next.remove());
            }
            if (!next.isEmpty()) {
                return now;
            }
            if (pending > 0) {
                return NEVER;
            }
            phases.removeIf(List::isEmpty);
            if (warming) {
                warming = false;
                warmUntil = now + warmupNanos;
            }
            if (now < warmUntil && !phases.isEmpty()) {
                return warmUntil;
            }
            nextPhase();
        }
        return NEVER;
    }

    private void nextPhase() {
        List<Part> parts = phases.poll();
        if (parts == null) {
            over = true;
            if (failure == null) {
                order.outcome().done(new Change(List.of(), List.of()));
            } else {
                order.outcome().failed(failure);
            }
            changed.accept(this);
        } else {
            warming = parts.stream().anyMatch(part -> part instanceof OfWatcher one && one.kind() == Kind.START);
            next.addAll(parts);
        }
    }

    private void begin(Part part) {
        if (part instanceof OfWatcher one && one.unlessRests() && one.watcher().rests()) {
            return;
        }
        Outcome heard = new Outcome() {
            @Override
            public void done(Change change) {
                pending--;
                changed.accept(Rollout.this);
            }

            @Override
            public void failed(CommandException cause) {
                done(new Change(List.of(), List.of()));
            }
        };
        pending++;
        if (part instanceof Task task) {
            task.begin(heard);
            return;
        }
        OfWatcher one = (OfWatcher) part;
        try {
            one.watcher().submit(Operation.part(one.kind(), order, heard));
        } catch (CommandException refused) {
            // Only the end of the daemon refuses a patient operation, and then nothing is left to wait for.
            heard.failed(refused);
        }
    }
}
