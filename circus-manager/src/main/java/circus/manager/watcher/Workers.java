package circus.manager.watcher;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The workers of one watcher, in the order in which they were asked for. Runs on circus-loop only. */
final class Workers {
    private final Set<Worker> all = new LinkedHashSet<>();
    private final Map<Long, Worker> byIncarnation = new HashMap<>();

    /** How many are in each state: each step of a watcher asks for that, and there may be thousands. */
    private final Map<WorkerState, Integer> counts = new EnumMap<>(WorkerState.class);

    void add(Worker worker) {
        all.add(worker);
        worker.belongsTo(this);
        counts.merge(worker.state(), 1, Integer::sum);
        if (worker.hasProcess()) {
            byIncarnation.put(worker.incarnation(), worker);
        }
    }

    /** Its incarnation is known now. */
    void spawned(Worker worker) {
        byIncarnation.put(worker.incarnation(), worker);
    }

    /** Nothing of it is left. */
    void remove(Worker worker) {
        if (all.remove(worker)) {
            counts.merge(worker.state(), -1, Integer::sum);
            worker.belongsTo(null);
        }
        if (worker.hasProcess()) {
            byIncarnation.remove(worker.incarnation());
        }
    }

    /** One of them is in another state. */
    void changed(WorkerState before, WorkerState after) {
        counts.merge(before, -1, Integer::sum);
        counts.merge(after, 1, Integer::sum);
    }

    @Nullable
    Worker find(long incarnation) {
        return byIncarnation.get(incarnation);
    }

    Collection<Worker> all() {
        return Collections.unmodifiableCollection(all);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    int count(Predicate<WorkerState> states) {
        int count = 0;
        for (Map.Entry<WorkerState, Integer> each : counts.entrySet()) {
            if (states.test(each.getKey())) {
                count += each.getValue();
            }
        }
        return count;
    }

    /** Whether one may have a deadline: nobody does who starts or runs. */
    boolean anyEnds() {
        return all.size() > count(state -> state == WorkerState.STARTING || state == WorkerState.RUNNING);
    }

    /** How many are on their way out for this reason, those included of which only leftovers are there. */
    int ending(ExitReason reason) {
        if (count(WorkerState::ending) == 0) {
            return 0;
        }
        int count = 0;
        for (Worker worker : all) {
            if (worker.state().ending() && worker.reason() == reason) {
                count++;
            }
        }
        return count;
    }

    /** How many run on while they end, and have their places kept for their successors. */
    int replaced() {
        if (count(WorkerState::ending) == 0) {
            return 0;
        }
        int count = 0;
        for (Worker worker : all) {
            WorkerState state = worker.state();
            if (state.ending() && state.holdsNumber() && worker.reason().keepsPlace()) {
                count++;
            }
        }
        return count;
    }

    /** The processes that run, in spawn order. */
    List<Worker> alive() {
        return all.stream().filter(worker -> worker.state().alive()).toList();
    }

    List<Integer> pids() {
        return alive().stream().map(Worker::pid).toList();
    }

    /** The wanted ones that have to go when only {@code keep} may stay: the oldest first, those that have not started yet last. */
    List<Worker> surplus(int keep) {
        if (count(WorkerState::wanted) <= keep) {
            return List.of();
        }
        List<Worker> wanted = new ArrayList<>();
        for (Worker worker : all) {
            if (worker.state().wanted()) {
                wanted.add(worker);
            }
        }
        // The sort is stable: workers without a process, the youngest of all, stay in the order of the requests.
        wanted.sort(Comparator.comparing(worker -> worker.hasProcess() ? worker.started() : Instant.MAX));
        return wanted.subList(0, wanted.size() - keep);
    }

    /** The {@code count} lowest free worker numbers, from 1. */
    int[] freeNumbers(int count) {
        BitSet taken = new BitSet();
        for (Worker worker : all) {
            if (worker.state().holdsNumber()) {
                taken.set(worker.number());
            }
        }
        int[] free = new int[count];
        int number = 0;
        for (int i = 0; i < count; i++) {
            number = taken.nextClearBit(number + 1);
            free[i] = number;
        }
        return free;
    }
}
