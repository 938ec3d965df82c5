package circus.top;

import circus.message.Event;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What circusd's reply to {@code status} tells of one watcher. A value.
 *
 * @param name as commands take it
 * @param processes how many there are; -1 where circusd does not tell (Circus in Python)
 * @param wanted how many processes it is to have; -1 the same
 * @param restarts how often a process took the place of one that had ended unasked; -1 the same
 * @param lastExit null where circusd does not tell, or none has ended
 */
record WatcherReport(
        String name,
        String state,
        long processes,
        long wanted,
        long restarts,
        @Nullable LastExit lastExit) {
    /**
     * How a process ended last.
     *
     * @param code its exit status, or minus the signal; null where nobody knows
     * @param time seconds since the epoch
     */
    record LastExit(long pid, @Nullable Long code, double time, String reason) {
        /** @param now seconds since the epoch */
        String text(double now) {
            String how = code == null ? "gone" : code < 0 ? "signal " + -code : "exit " + code;
            return how + ", " + Units.age(now - time) + " ago";
        }
    }

    /** @return by the names that topics have */
    static Map<String, WatcherReport> read(Map<String, @Nullable Object> reply) {
        Map<String, WatcherReport> reports = new LinkedHashMap<>();
        Map<?, ?> details = reply.get("details") instanceof Map<?, ?> map ? map : Map.of();
        if (reply.get("statuses") instanceof Map<?, ?> statuses) {
            statuses.forEach((name, state) -> {
                String watcher = String.valueOf(name);
                Map<?, ?> detail = details.get(name) instanceof Map<?, ?> map ? map : Map.of();
                reports.put(
                        Event.inTopic(watcher),
                        new WatcherReport(
                                watcher,
                                String.valueOf(state),
                                detail.get("processes") instanceof Long processes ? processes : -1,
                                detail.get("wanted") instanceof Long wanted ? wanted : -1,
                                detail.get("restarts") instanceof Long restarts ? restarts : -1,
                                detail.get("last_exit") instanceof Map<?, ?> exit ? lastExit(exit) : null));
            });
        }
        return reports;
    }

    private static LastExit lastExit(Map<?, ?> exit) {
        return new LastExit(
                exit.get("pid") instanceof Long pid ? pid : 0,
                exit.get("code") instanceof Long code ? code : null,
                exit.get("time") instanceof Number time ? time.doubleValue() : Double.NaN,
                exit.get("reason") instanceof String reason ? reason : "");
    }
}
