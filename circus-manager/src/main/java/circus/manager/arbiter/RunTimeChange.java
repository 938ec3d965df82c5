package circus.manager.arbiter;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a watcher differs from the configuration. A value.
 *
 * @param values by key as an ini file has it; empty unless it is {@link Kind#CHANGED}
 */
public record RunTimeChange(Kind kind, SortedMap<String, Value> values) {
    /** What has happened to it. */
    public enum Kind {
        CHANGED,
        /** The configuration does not have it. */
        ADDED,
        /** The configuration has it, and it is not there. */
        REMOVED
    }

    /**
     * The two values of an option, as JSON has them.
     *
     * @param ini null when the configuration does not give it and it has no default
     */
    public record Value(@Nullable Object ini, @Nullable Object now) {
        Map<String, @Nullable Object> toJson() {
            Map<String, @Nullable Object> json = new LinkedHashMap<>();
            json.put("ini", ini);
            json.put("now", now);
            return json;
        }
    }

    public RunTimeChange {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    /** {@code {KEY: {"ini": …, "now": …}}}. */
    public Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        values.forEach((key, value) -> json.put(key, value.toJson()));
        return json;
    }
}
