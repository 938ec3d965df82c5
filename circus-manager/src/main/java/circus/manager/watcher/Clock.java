package circus.manager.watcher;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Both times that the manager needs, so that tests can move them by hand. */
public interface Clock {
    /** Nanoseconds since some moment in the past, never negative and never going back: for deadlines. */
    long nanos();

    /** The wall clock, in whole microseconds: for what is shown and published. */
    Instant now();

    /** The machine's clocks; the nanoseconds count from this call on. */
    static Clock system() {
        long origin = System.nanoTime();
        return new Clock() {
            @Override
            public long nanos() {
                return System.nanoTime() - origin;
            }

            @Override
            public Instant now() {
                return Instant.now().truncatedTo(ChronoUnit.MICROS);
            }
        };
    }
}
