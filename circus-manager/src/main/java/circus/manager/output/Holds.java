package circus.manager.output;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The files that cannot be written at present, why, since when, and when each is tried again. Tells the log when that
 * begins and ends; of a file that comes and goes, once a minute. Runs on circus-output only.
 */
final class Holds {
    private static final Logger LOGGER = System.getLogger(Holds.class.getName());
    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

    private static final class Hold {
        final String reason;

        /** On the clock of retries, and since 1970. */
        final long sinceNanos;

        final long sinceMicros;
        final boolean isTold;
        long retryNanos;

        Hold(String reason, long nowNanos, long nowMicros, boolean isTold) {
            this.reason = reason;
            sinceMicros = nowMicros;
            this.isTold = isTold;
            sinceNanos = nowNanos;
            retryNanos = nowNanos + RETRY_NANOS;
        }
    }

    private final Map<LogFile, Hold> holds = new LinkedHashMap<>();

    /** When the log was told last that a file is written again. */
    private final Map<LogFile, Long> ends = new HashMap<>();

    private long troubles;

    boolean has(LogFile file) {
        return holds.containsKey(file);
    }

    /**
     * Something went wrong. Whether it is new.
     *
     * @param nowMicros since 1970
     */
    boolean add(LogFile file, String reason, long nowNanos, long nowMicros) {
        Hold held = holds.get(file);
        if (held != null) {
            held.retryNanos = nowNanos + RETRY_NANOS;
            LOGGER.log(Level.DEBUG, "still cannot write {0}: {1}", file.path(), reason);
            return false;
        }
        Long end = ends.get(file);
        boolean isTold = end == null || nowNanos - end >= QUIET_NANOS;
        holds.put(file, new Hold(reason, nowNanos, nowMicros, isTold));
        troubles++;
        LOGGER.log(
                isTold ? Level.WARNING : Level.DEBUG,
                "cannot write " + file.path() + ": " + reason
                        + "; what it shall receive waits in the kernel, and it is tried again every second");
        return true;
    }

    /** It can be written. Whether that is new. */
    boolean remove(LogFile file, long nowNanos) {
        Hold held = holds.remove(file);
        if (held == null) {
            return false;
        }
        if (held.isTold) {
            ends.put(file, nowNanos);
        }
        long seconds = Duration.ofNanos(nowNanos - held.sinceNanos).toSeconds();
        LOGGER.log(held.isTold ? Level.INFO : Level.DEBUG, "writing " + file.path() + " again after " + seconds + " s");
        return true;
    }

    /** It is no file of its own any more. */
    void remove(LogFile file) {
        holds.remove(file);
        ends.remove(file);
    }

    /** Whether a file is to be tried again. */
    boolean isDue(LogFile file, long nowNanos) {
        Hold held = holds.get(file);
        return held != null && held.retryNanos <= nowNanos;
    }

    /** When the next is to be tried, but for those that are being tried. */
    long nextRetryNanos(Set<LogFile> atWork) {
        return holds.entrySet().stream()
                .filter(each -> !atWork.contains(each.getKey()))
                .mapToLong(each -> each.getValue().retryNanos)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Why a file cannot be written; nothing if it can. */
    Optional<OutputTrouble.Waiting> waiting(LogFile file) {
        return Optional.ofNullable(holds.get(file))
                .map(held -> new OutputTrouble.Waiting(file.path().toString(), held.reason, held.sinceMicros / 1e6));
    }

    int count() {
        return holds.size();
    }

    /** How often a file became unwritable. */
    long troubles() {
        return troubles;
    }
}
