package circus.manager.arbiter;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is wrong with the output of watchers. */
public interface OutputState {
    /** As {@code stats} and {@code status} tell it; null when nothing is wrong and nothing was lost. */
    @Nullable
    Map<String, Object> of(String watcher);

    /** Adds it to a reply about one watcher, where there is something to tell. */
    default void tell(String watcher, Map<String, @Nullable Object> fields) {
        Map<String, Object> trouble = of(watcher);
        if (trouble != null) {
            fields.put("output", trouble);
        }
    }

    /** Adds it to a reply about several, for those where there is something to tell. */
    default void tell(Iterable<String> watchers, Map<String, @Nullable Object> fields) {
        Map<String, Object> troubles = new LinkedHashMap<>();
        for (String watcher : watchers) {
            Map<String, Object> trouble = of(watcher);
            if (trouble != null) {
                troubles.put(watcher, trouble);
            }
        }
        if (!troubles.isEmpty()) {
            fields.put("outputs", troubles);
        }
    }
}
