package papa.init;

import java.util.concurrent.TimeUnit;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/** How long to wait before the manager is started again: twice as long each time, until one lives for a while. */
final class BackOff {
    static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** One that lived so long was well. */
    static final long WELL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private long nextNanos = FIRST_NANOS;

    /** @param livedNanos how long the last one ran; 0 if it could not be started */
    long next(long livedNanos) {
        if (livedNanos >= WELL_NANOS) {
            nextNanos = FIRST_NANOS;
        }
        long delay = nextNanos;
        nextNanos = Math.min(LONGEST_NANOS, nextNanos * 2);
        return delay;
    }

    /** {@code backoff=}: the next delay; nanoseconds. */
    void save(StateWriter.Line line) {
        line.put("backoff", nextNanos);
    }

    void restore(StateLine line) throws StateException {
        nextNanos = line.number("backoff", FIRST_NANOS, LONGEST_NANOS);
    }
}
