package circus.manager.audit;

import circus.message.Json;
import circus.options.WatcherOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the audit shows of what a client has sent: the values of environment variables not at all, since that is where secrets are; of all
 * else as much as a line can hold. Pure functions.
 */
public final class Discretion {
    private static final String HIDDEN = "***";
    private static final String MORE = "...";
    private static final int MOST_LETTERS = 200;
    private static final int MOST_ENTRIES = 50;
    private static final int MOST_LEVELS = 4;
    private static final int MOST_JSON = 3_500;
    private static final int CUT_JSON = 1_000;

    private Discretion() {}

    /** The properties of a request, to be written as JSON in a few thousand letters at most. */
    public static Map<String, @Nullable Object> shown(Map<String, ? extends @Nullable Object> properties) {
        Map<String, @Nullable Object> shown = entries(properties, MOST_LEVELS);
        String json = Json.write(shown);
        if (json.length() <= MOST_JSON) {
            return shown;
        }
        Map<String, @Nullable Object> cut = new LinkedHashMap<>();
        cut.put("cut", json.substring(0, CUT_JSON) + MORE);
        return cut;
    }

    /** A text of no more letters than a line can hold. */
    public static String shown(String text) {
        return text.length() <= MOST_LETTERS
                ? text
                : text.substring(0, MOST_LETTERS) + MORE + " (" + text.length() + " letters)";
    }

    private static Map<String, @Nullable Object> entries(Map<?, ? extends @Nullable Object> map, int levels) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        for (Map.Entry<?, ? extends @Nullable Object> entry : map.entrySet()) {
            if (shown.size() == MOST_ENTRIES) {
                shown.put(MORE, map.size() - MOST_ENTRIES + " more");
                break;
            }
            String key = shown(String.valueOf(entry.getKey()));
            shown.put(key, isEnvironment(key) ? hidden(entry.getValue()) : value(entry.getValue(), levels - 1));
        }
        return shown;
    }

    private static boolean isEnvironment(String key) {
        return key.equals(WatcherOptions.ENV.key()) || key.startsWith(WatcherOptions.ENV.key() + ".");
    }

    /** The names of variables, without their values. */
    private static Object hidden(@Nullable Object environment) {
        if (!(environment instanceof Map<?, ?> variables)) {
            return HIDDEN;
        }
        Map<String, @Nullable Object> names = new LinkedHashMap<>();
        variables.keySet().forEach(name -> names.put(String.valueOf(name), HIDDEN));
        return entries(names, 1);
    }

    private static @Nullable Object value(@Nullable Object value, int levels) {
        if (value instanceof String text) {
            return shown(text);
        }
        if (value == null
                || value instanceof Boolean
                || value instanceof Long
                || value instanceof Integer
                || value instanceof Double) {
            return value;
        }
        if (levels > 0 && value instanceof Map<?, ?> map) {
            return entries(map, levels);
        }
        if (levels > 0 && value instanceof List<?> list) {
            return items(list, levels);
        }
        return MORE;
    }

    private static List<@Nullable Object> items(List<?> list, int levels) {
        List<@Nullable Object> shown = new ArrayList<>();
        for (Object item : list) {
            if (shown.size() == MOST_ENTRIES) {
                shown.add(MORE + " " + (list.size() - MOST_ENTRIES) + " more");
                break;
            }
            shown.add(value(item, levels - 1));
        }
        return shown;
    }
}
