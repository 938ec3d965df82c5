package circus.manager.control;

import java.lang.System.Logger.Level;
import java.time.Duration;

/** Tells of peers that were not let in: some of them, and then how many more there were. One thread. */
final class Refusals {
    private static final System.Logger LOG = System.getLogger(Refusals.class.getName());
    private static final int MOST_LINES = 5;
    private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

    private long windowEndsNanos;
    private int lines;
    private int untold;

    void refused(String who, String why, long nowNanos) {
        tellOfOthers(nowNanos);
        if (lines == 0) {
            windowEndsNanos = nowNanos + WINDOW_NANOS;
        }
        if (lines < MOST_LINES) {
            lines++;
            LOG.log(Level.WARNING, "refused a connection from {0}: {1}", who, why);
        } else {
            untold++;
        }
    }

    /** To be called now and then. */
    void tellOfOthers(long nowNanos) {
        if (lines == 0 || nowNanos - windowEndsNanos < 0) {
            return;
        }
        if (untold > 0) {
            LOG.log(Level.WARNING, "refused more connections like these: {0}", Integer.toString(untold));
        }
        lines = 0;
        untold = 0;
    }

    /** Whether there is something to tell later. */
    boolean isPending() {
        return untold > 0;
    }
}
