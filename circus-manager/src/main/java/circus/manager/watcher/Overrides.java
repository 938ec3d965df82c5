package circus.manager.watcher;

import circus.message.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Options of one watcher that were changed at run time, each with what the ini file said at that time: as long as it says the same, the
 * change holds. Values are JSON values. Immutable; any thread may use it.
 *
 * @param table by option, in the order of the changes
 */
public record Overrides(Map<String, Pair> table) {
    public static final Overrides NONE = new Overrides(Map.of());

    /**
     * @param now what counts
     * @param ini what the ini file said when it was changed
     */
    public record Pair(@Nullable Object now, @Nullable Object ini) {}

    public Overrides {
        table = Collections.unmodifiableMap(new LinkedHashMap<>(table));
    }

    public boolean isEmpty() {
        return table.isEmpty();
    }

    /** The same and this change; a value that the ini file has anyway is no change. */
    Overrides with(String option, @Nullable Object now, @Nullable Object ini) {
        Map<String, Pair> changed = new LinkedHashMap<>(table);
        if (isSame(now, ini)) {
            changed.remove(option);
        } else {
            changed.put(option, new Pair(now, ini));
        }
        return new Overrides(changed);
    }

    /**
     * Those that still hold.
     *
     * @param ini what the ini file says today, by option
     */
    Overrides under(Function<String, @Nullable Object> ini) {
        Map<String, Pair> left = new LinkedHashMap<>(table);
        left.entrySet().removeIf(each -> !isSame(each.getValue().ini(), ini.apply(each.getKey())));
        return new Overrides(left);
    }

    /** As JSON, where a number is one number however it is kept. */
    private static boolean isSame(@Nullable Object one, @Nullable Object other) {
        return Json.write(one).equals(Json.write(other));
    }

    Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        table.forEach((option, override) -> {
            Map<String, @Nullable Object> pair = new LinkedHashMap<>();
            pair.put("now", override.now());
            pair.put("ini", override.ini());
            json.put(option, pair);
        });
        return json;
    }

    /** What of it can be read; the rest is as if it had not been changed. */
    static Overrides fromJson(@Nullable Object json) {
        if (!(json instanceof Map<?, ?> map)) {
            return NONE;
        }
        Map<String, Pair> table = new LinkedHashMap<>();
        map.forEach((option, pair) -> {
            if (option instanceof String key && pair instanceof Map<?, ?> values) {
                table.put(key, new Pair(values.get("now"), values.get("ini")));
            }
        });
        return new Overrides(table);
    }
}
