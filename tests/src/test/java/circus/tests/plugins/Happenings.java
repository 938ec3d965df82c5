package circus.tests.plugins;

import circus.tests.harness.Circus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What circusd remembers of a watcher's events. */
final class Happenings {
    /**
     * One event.
     *
     * @param pid 0 where it is about the watcher as a whole
     * @param reason empty where it has none
     */
    record Happening(String action, int pid, String reason, double time) {}

    private Happenings() {}

    /** All of this kind that happened to a watcher, in order. */
    static List<Happening> of(Circus circus, String watcher, String kind) {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put("names", List.of(watcher));
        properties.put("kind", kind);
        properties.put("since", 0);
        if (!(circus.call("events", properties).fields().get("events") instanceof List<?> events)) {
            throw new AssertionError("no events of " + watcher);
        }
        return events.stream().map(event -> happening((Map<?, ?>) event, kind)).toList();
    }

    private static Happening happening(Map<?, ?> event, String kind) {
        return new Happening(
                kind,
                event.get("process_pid") instanceof Number pid ? pid.intValue() : 0,
                event.get("reason") instanceof String reason ? reason : "",
                event.get("time") instanceof Number time ? time.doubleValue() : 0);
    }
}
