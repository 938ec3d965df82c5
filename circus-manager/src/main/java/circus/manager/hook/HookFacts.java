package circus.manager.hook;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one call of a hook is about, beside the watcher as a whole; null where that has no meaning. Immutable.
 *
 * @param exitCode 0 to 255, or minus the number of the signal that ended the process
 * @param stats what extended_stats may add to
 */
public record HookFacts(
        @Nullable Integer wid,
        @Nullable Integer pid,
        @Nullable Integer signum,
        @Nullable Instant time,
        @Nullable Integer exitCode,
        Map<String, @Nullable Object> stats) {
    /** About the watcher alone. */
    public static final HookFacts NONE = new HookFacts(null, null, null, null, null, Map.of());

    /** A process that is about to be. */
    public static HookFacts worker(int wid) {
        return new HookFacts(wid, null, null, null, null, Map.of());
    }

    public static HookFacts process(int wid, int pid) {
        return new HookFacts(wid, pid, null, null, null, Map.of());
    }

    public static HookFacts signal(int wid, int pid, int signum) {
        return new HookFacts(wid, pid, signum, null, null, Map.of());
    }

    public static HookFacts dead(int wid, int pid, Instant time, @Nullable Integer exitCode) {
        return new HookFacts(wid, pid, null, time, exitCode, Map.of());
    }

    public static HookFacts stats(int wid, int pid, Map<String, @Nullable Object> stats) {
        return new HookFacts(wid, pid, null, null, null, stats);
    }
}
