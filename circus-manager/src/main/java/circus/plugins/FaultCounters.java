package circus.plugins;

import circus.plugins.ResourceBounds.Fault;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How many rounds in a row each thing has been amiss, of all processes together and of each child. No more children are remembered than
 * there were in the last round.
 *
 * @param <K> whose counters: the watcher, or one of the children
 */
final class FaultCounters<K> {
    private final int most;
    private final Map<K, Map<Fault, Integer>> counters = new HashMap<>();

    /** @param most rounds that may be amiss; after one more something is done */
    FaultCounters(int most) {
        this.most = most;
    }

    /**
     * Another round.
     *
     * @return what has been amiss for too long; where that is something, all of this one's counters begin anew
     */
    Set<Fault> count(K whose, Set<Fault> faults) {
        Map<Fault, Integer> before = counters.getOrDefault(whose, Map.of());
        Map<Fault, Integer> now = new EnumMap<>(Fault.class);
        faults.forEach(fault -> now.put(fault, before.getOrDefault(fault, 0) + 1));
        counters.put(whose, now);
        Map<Fault, Integer> over = new EnumMap<>(now);
        over.values().removeIf(rounds -> rounds <= most);
        if (!over.isEmpty()) {
            counters.remove(whose);
        }
        return over.keySet();
    }

    /** Forgets all others. */
    void retain(Collection<K> there) {
        counters.keySet().retainAll(there);
    }

    int size() {
        return counters.size();
    }
}
