package circus.plugins;

import circus.message.Json;
import circus.message.JsonException;
import circus.plugin.PluginContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What Flapping remembers for the one that comes after it, as text: by watcher its tries and a time, {@code {"waiting": {"web": [2,
 * 1795000000.5]}, "watched": {"other": [1, 1795000000.25]}}}, so short that there is room for a thousand watchers with names of 30 letters. Pure
 * functions.
 *
 * <p>Version history: since 0.2.0.
 */
final class FlappingMemory {
    /** More than anybody is tried. */
    private static final long MOST_TRIES = Integer.MAX_VALUE / 2;

    /** Of what is odd. */
    private static final int MOST_TOLD = 200;

    private static final String WAITING = "waiting";
    private static final String WATCHED = "watched";

    /** As one text in another, without what it says of watchers. */
    private static final int FRAME =
            Json.write(Json.write(Map.of(WAITING, Map.of(), WATCHED, Map.of()))).length();

    /**
     * Of one watcher.
     *
     * @param waiting whether it is to be started again
     * @param tries above zero
     * @param since when its stop was decided, or, for one that is not waiting, when it was started again; seconds since the epoch, of
     *     which three decimals are kept
     */
    record Entry(boolean waiting, int tries, double since) {
        private String json() {
            return Json.write(List.of(tries, Math.round(since * 1e3) / 1e3));
        }
    }

    private FlappingMemory() {}

    /**
     * As much as may be remembered: those that are to be started again come first.
     *
     * @param entries by watcher
     * @param leftOut told how many there is no room for
     * @return empty where there are none
     */
    static String write(Map<String, Entry> entries, IntConsumer leftOut) {
        List<Map.Entry<String, Entry>> inOrder = new ArrayList<>(new TreeMap<>(entries).entrySet());
        inOrder.sort((one, other) ->
                Boolean.compare(other.getValue().waiting(), one.getValue().waiting()));
        Map<String, @Nullable Object> waiting = new LinkedHashMap<>();
        Map<String, @Nullable Object> watched = new LinkedHashMap<>();
        long room = (long) PluginContext.MOST_REMEMBERED - FRAME;
        for (Map.Entry<String, Entry> each : inOrder) {
            String json = each.getValue().json();
            // As one text in another, which has each quote and backslash once more, without the quotes around it.
            room -= Json.write(Json.write(each.getKey()) + ": " + json + ", ").length() - 2;
            if (room < 0) {
                break;
            }
            (each.getValue().waiting() ? waiting : watched).put(each.getKey(), new Json.Written(json));
        }
        int written = waiting.size() + watched.size();
        leftOut.accept(entries.size() - written);
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        if (!waiting.isEmpty()) {
            all.put(WAITING, waiting);
        }
        if (!watched.isEmpty()) {
            all.put(WATCHED, watched);
        }
        return all.isEmpty() ? "" : Json.write(all);
    }

    /** @param mistakes told what cannot be used, and is left out */
    static Map<String, Entry> read(String text, Consumer<String> mistakes) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        if (text.isEmpty()) {
            return entries;
        }
        try {
            Json.readObject(text).forEach((state, some) -> {
                if (some instanceof Map<?, ?> watchers && (state.equals(WAITING) || state.equals(WATCHED))) {
                    watchers.forEach((watcher, json) -> {
                        Entry entry = entry(state.equals(WAITING), json);
                        if (entry == null) {
                            mistakes.accept(odd(watcher, json));
                        } else {
                            entries.put(String.valueOf(watcher), entry);
                        }
                    });
                } else {
                    mistakes.accept(odd(state, some));
                }
            });
        } catch (JsonException notOurs) {
            mistakes.accept(notOurs.getMessage());
        }
        return entries;
    }

    private static String odd(@Nullable Object name, @Nullable Object json) {
        String odd = name + ": " + json;
        return odd.substring(0, Math.min(MOST_TOLD, odd.length()));
    }

    private static @Nullable Entry entry(boolean waiting, @Nullable Object json) {
        if (!(json instanceof List<?> fields)
                || fields.size() != 2
                || !(fields.get(0) instanceof Long tries)
                || tries < 1
                || tries > MOST_TRIES
                || !(fields.get(1) instanceof Number since)
                || !Double.isFinite(since.doubleValue())
                || since.doubleValue() < 0) {
            return null;
        }
        return new Entry(waiting, tries.intValue(), since.doubleValue());
    }
}
