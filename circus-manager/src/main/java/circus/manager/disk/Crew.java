package circus.manager.disk;

import java.time.Duration;
import java.util.List;

/** Whoever carries out work on disks, so that circus-output never waits for one. All methods are for that thread. */
public interface Crew {
    /** Has these carried out, in any order and side by side. */
    void hand(List<DiskTask<?>> tasks);

    /** Those that are done since this was asked last; the circus-output thread is woken when there are some. */
    List<DiskTask<?>> takeDone();

    /** Gets more hands if those that are there are stuck while work waits. */
    void look(long nowNanos);

    /** When {@link #look} may have something to do; {@link Long#MAX_VALUE} if never. */
    long nextDeadlineNanos();

    /** Ends when everything is done, at the latest when the limit has passed: then what was not begun is given up. */
    void close(Duration limit);
}
