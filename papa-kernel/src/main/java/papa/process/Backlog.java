package papa.process;

import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/**
 * How long one stream has waited for a commit, and what is to become of it when there is no more room, while the holder of a
 * lease attends: its process waits, for so long at most, or as long as it takes. Loop thread only.
 */
public final class Backlog {
    /** For {@link #overflow}: as long as it takes. */
    public static final long NEVER = Long.MAX_VALUE;

    private long afterNanos = OutputFlow.PATIENCE_NANOS;

    /** Whether the oldest output gives way to new, because who should commit it has not for too long. */
    boolean unattended;

    /** When something of it was last committed; System.nanoTime. */
    private long committedNanos;

    /** Since when some of it is held, without having been all committed in between; System.nanoTime. */
    private long holdsSinceNanos = System.nanoTime();

    /** Whether it is not read, because there is no room. */
    boolean heldBack;

    /** Set while it is held back, but for one that waits without end; its only one. */
    EventLoop.@Nullable Timer patience;

    /** @param committedNanos what counts as the time of its last commit */
    Backlog(long committedNanos) {
        this.committedNanos = committedNanos;
    }

    /** Drops the oldest once nothing was committed for so long, {@link #NEVER} or from 0 on. */
    void overflow(long nanos) {
        afterNanos = nanos;
        unattended &= nanos != NEVER;
    }

    /** Whether nothing is dropped as long as the holder of the lease is there. */
    boolean blocks() {
        return afterNanos == NEVER;
    }

    void committed(long nowNanos) {
        unattended = false;
        committedNanos = nowNanos;
    }

    /** It holds something, and did not before. */
    void begins(long nowNanos) {
        holdsSinceNanos = nowNanos;
    }

    /** Nobody could commit until now. */
    void excuse(long nowNanos) {
        committedNanos = nowNanos;
    }

    /** How long the holder of the lease may still take; 0 or less when it has taken too long. */
    long leftNanos(long nowNanos) {
        return blocks() ? NEVER : afterNanos - waitedNanos(nowNanos);
    }

    /** For how long something is held of which nothing was committed. */
    long waitedNanos(long nowNanos) {
        return Math.min(nowNanos - committedNanos, nowNanos - holdsSinceNanos);
    }

    /**
     * {@code overflow-after}, if it is not the default: nanoseconds, {@link #NEVER} where it is to wait; {@code unattended};
     * {@code held-back}; {@code committed-ago}, nanoseconds. What is held counts anew from its restoring on.
     */
    void put(StateWriter.Line line) {
        if (afterNanos != OutputFlow.PATIENCE_NANOS) {
            line.put("overflow-after", afterNanos);
        }
        long now = System.nanoTime();
        line.flag("unattended", unattended)
                .flag("held-back", heldBack)
                .put("committed-ago", Math.max(0, now - committedNanos));
    }

    void restore(StateLine line) throws StateException {
        afterNanos = line.number("overflow-after", 0, NEVER, OutputFlow.PATIENCE_NANOS);
        unattended = line.flag("unattended");
        heldBack = line.flag("held-back");
        long now = System.nanoTime();
        committedNanos = now - line.number("committed-ago", 0, Long.MAX_VALUE, Math.max(0, now - committedNanos));
    }
}
