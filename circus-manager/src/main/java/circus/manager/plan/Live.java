package circus.manager.plan;

import circus.manager.config.StoredWatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What runs now, as far as a plan depends on it. Immutable; any thread may use it. */
public final class Live {
    private final SortedMap<String, LiveWatcher> watchers = new TreeMap<>();
    private final SortedSet<String> removed = new TreeSet<>();

    /** @param removed watchers of the file that {@code rm} has taken away, in any case */
    public Live(Collection<LiveWatcher> watchers, Collection<String> removed) {
        watchers.forEach(watcher -> this.watchers.put(Baseline.key(watcher.name()), watcher));
        removed.forEach(name -> this.removed.add(Baseline.key(name)));
    }

    @Nullable
    LiveWatcher watcher(String key) {
        return watchers.get(key);
    }

    boolean isRemoved(String key) {
        return removed.contains(key);
    }

    /** All names, in lower case. */
    SortedSet<String> keys() {
        return new TreeSet<>(watchers.keySet());
    }

    /** Everything, for a digest. */
    Map<String, @Nullable Object> facts() {
        List<@Nullable Object> all = new ArrayList<>();
        for (LiveWatcher watcher : watchers.values()) {
            Map<String, @Nullable Object> facts = new LinkedHashMap<>();
            facts.put("name", watcher.name());
            facts.put("running", watcher.running());
            facts.put("target", watcher.target());
            facts.put("overrides", watcher.overrides());
            facts.put("added", watcher.added().map(StoredWatcher::toJson).orElse(null));
            all.add(facts);
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("watchers", all);
        json.put("removed", new ArrayList<>(removed));
        return json;
    }
}
