package circus.manager.hook;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of hooks that are to be sent as JSON, as copies that the hook cannot change any more. Pure functions. */
final class PlainValues {
    private PlainValues() {}

    /** A copy. */
    static Map<String, @Nullable Object> checked(Map<?, ?> values) throws HookFailure {
        Map<String, @Nullable Object> checked = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : values.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                throw new HookFailure("cannot answer a key that is no text: " + entry.getKey());
            }
            checked.put(key, checked(key, entry.getValue()));
        }
        return checked;
    }

    private static @Nullable Object checked(String key, @Nullable Object value) throws HookFailure {
        if (value == null
                || value instanceof String
                || value instanceof Boolean
                || value instanceof Long
                || value instanceof Integer
                || value instanceof Double) {
            return value;
        }
        if (value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        if (value instanceof Map<?, ?> map) {
            return checked(map);
        }
        if (value instanceof Iterable<?> all) {
            List<@Nullable Object> list = new ArrayList<>();
            for (Object each : all) {
                list.add(checked(key, each));
            }
            return list;
        }
        throw new HookFailure("cannot answer " + key + ": a " + value.getClass().getName()
                + " is no text, number, boolean, list or map");
    }

    /** A time limit for people: {@code 30}, {@code 0.5}. */
    static String seconds(Duration duration) {
        double seconds = duration.toMillis() / 1e3;
        return seconds == Math.rint(seconds) ? String.valueOf((long) seconds) : String.valueOf(seconds);
    }
}
