package circus.manager.watcher;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A reload under way.
 *
 * <pre>
 *   all at once:   spawn as many new ones as are wanted ──all are there──► end the old ones
 *                                     └──they cannot be started──► the old ones stay, as far as there is room
 *   in turn:       end an old one ──► spawn a new one ──warm-up──► the next, until there is no old one
 *                                     └──it cannot be started──► the other old ones stay
 * </pre>
 *
 * <p>Up to which incarnation workers are old is kept in the kernel, so that the next manager finishes this. Runs on circus-loop only.
 */
final class Renewal {
    private final Set<Worker> old = new LinkedHashSet<>();
    private final boolean inTurn;

    private Renewal(boolean inTurn) {
        this.inTurn = inTurn;
    }

    /**
     * @param lastOld the highest incarnation that is old; null: all of today are
     * @param outdated those that are old in any case
     */
    static Renewal of(Workers workers, @Nullable Long lastOld, List<Worker> outdated, boolean inTurn) {
        Renewal renewal = new Renewal(inTurn);
        for (Worker worker : workers.all()) {
            boolean isOld = lastOld == null || (worker.hasProcess() && worker.incarnation() <= lastOld);
            if (worker.state().wanted() && (isOld || outdated.contains(worker))) {
                renewal.old.add(worker);
            }
        }
        return renewal;
    }

    boolean isInTurn() {
        return inTurn;
    }

    ExitReason reason() {
        return inTurn ? ExitReason.RELOAD_IN_TURN : ExitReason.RELOAD;
    }

    /** The old ones that run and have not been asked to end. */
    List<Worker> running() {
        return old.stream()
                .filter(worker -> worker.state() == WorkerState.RUNNING)
                .toList();
    }

    /** The old ones that are not there yet. */
    List<Worker> starting() {
        return old.stream().filter(worker -> worker.state().coming()).toList();
    }

    /** The highest incarnation that is old. */
    long lastOld() {
        return running().stream()
                .map(Worker::incarnation)
                .max(Comparator.naturalOrder())
                .orElse(0L);
    }
}
