package circus.plugins;

import circus.message.Json;
import circus.message.JsonException;
import circus.plugin.PluginContext;
import circus.plugins.FlappingRecord.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What Flapping remembers for the one that comes after it, as text: {@code {"web": {"state": "waiting", "tries": 2, "since": 1795000000.5,
 * "stopped": 1795000001.0}}}. Pure functions.
 *
 * <p>Version history: since 0.3.0.
 */
final class FlappingMemory {
    /** More than anybody is tried. */
    private static final long MOST_TRIES = Integer.MAX_VALUE / 2;

    /** Of what is odd. */
    private static final int MOST_TOLD = 200;

    private static final String STATE = "state";
    private static final String TRIES = "tries";
    private static final String SINCE = "since";
    private static final String STOPPED = "stopped";

    /**
     * Of one watcher.
     *
     * @param state WATCHED for one that is not to be started again, STOPPING or WAITING for one that is
     * @param tries above zero
     * @param since when its stop was decided, or, for one that is WATCHED, when it was started again; seconds since the epoch
     * @param stopped what was asked of it after this was asked by somebody else; seconds since the epoch, 0 where it is WATCHED
     */
    record Entry(State state, int tries, double since, double stopped) {
        private boolean isPending() {
            return state != State.WATCHED;
        }

        private String json() {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put(STATE, word(state));
            fields.put(TRIES, tries);
            fields.put(SINCE, since);
            if (isPending()) {
                fields.put(STOPPED, stopped);
            }
            return Json.write(fields);
        }
    }

    private FlappingMemory() {}

    private static String word(State state) {
        return switch (state) {
            case WATCHED, ENDING -> "watched";
            case STOPPING -> "stopping";
            case WAITING -> "waiting";
        };
    }

    /**
     * As much as may be remembered: those that are to be started again come first.
     *
     * @param entries by watcher
     * @return empty where there are none
     */
    static String write(Map<String, Entry> entries) {
        List<Map.Entry<String, Entry>> inOrder = new ArrayList<>(new TreeMap<>(entries).entrySet());
        inOrder.sort((one, other) ->
                Boolean.compare(other.getValue().isPending(), one.getValue().isPending()));
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        long room = PluginContext.MOST_REMEMBERED - 4;
        for (Map.Entry<String, Entry> each : inOrder) {
            String json = each.getValue().json();
            // As one text in another, which has each quote and backslash once more.
            room -= Json.write(Json.write(each.getKey()) + ": " + json + ", ").length();
            if (room < 0) {
                break;
            }
            all.put(each.getKey(), new Json.Written(json));
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
            Json.readObject(text).forEach((watcher, json) -> {
                Entry entry = entry(json);
                if (entry == null) {
                    String odd = watcher + ": " + json;
                    mistakes.accept(odd.substring(0, Math.min(MOST_TOLD, odd.length())));
                } else {
                    entries.put(watcher, entry);
                }
            });
        } catch (JsonException notOurs) {
            mistakes.accept(notOurs.getMessage());
        }
        return entries;
    }

    private static @Nullable Entry entry(@Nullable Object json) {
        if (!(json instanceof Map<?, ?> fields)
                || !(fields.get(TRIES) instanceof Long tries)
                || tries < 1
                || tries > MOST_TRIES) {
            return null;
        }
        double since = time(fields.get(SINCE));
        for (State state : List.of(State.WATCHED, State.STOPPING, State.WAITING)) {
            if (word(state).equals(fields.get(STATE))) {
                double stopped = state == State.WATCHED ? 0 : time(fields.get(STOPPED));
                return since < 0 || stopped < 0 ? null : new Entry(state, tries.intValue(), since, stopped);
            }
        }
        return null;
    }

    /** Below zero for what is no time. */
    private static double time(@Nullable Object value) {
        double seconds = value instanceof Number number ? number.doubleValue() : -1;
        return Double.isFinite(seconds) ? seconds : -1;
    }
}
