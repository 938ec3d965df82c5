package circus.manager.stats;

import java.util.concurrent.TimeUnit;

/**
 * When all processes are looked at although nobody asks, so that whoever asks next is told a true share of the processor.
 *
 * <p>The rule: every second as long as somebody has asked within the last minute, else every minute, and for the first time three seconds
 * after the start. But looking must never take more than 2 % of a processor while somebody asks, and 0.1 % else: the next look comes no sooner
 * than 50 times, or 1,000 times, what the last one took. Runs on circus-loop only.
 */
final class Pace {
    static final long FIRST = TimeUnit.SECONDS.toNanos(3);
    static final long BRISK = TimeUnit.SECONDS.toNanos(1);
    static final long SLOW = TimeUnit.MINUTES.toNanos(1);

    /** Who has asked so long ago counts as gone. */
    static final long INTEREST = TimeUnit.MINUTES.toNanos(1);

    private static final long BRISK_SHARE = 50;
    private static final long SLOW_SHARE = 1_000;

    private boolean wasAsked;
    private long asked;
    private long last;
    private long cost;
    private boolean hasLooked;

    /** @param now of the start, in nanoseconds, as everywhere here */
    Pace(long now) {
        this.last = now;
    }

    void asked(long now) {
        wasAsked = true;
        asked = now;
    }

    /** @param nanos how long the look at all took */
    void done(long now, long nanos) {
        hasLooked = true;
        last = now;
        cost = nanos;
    }

    /** When to look at all the next time. */
    long next(long now) {
        boolean brisk = wasAsked && now - asked < INTEREST;
        if (brisk) {
            return last + Math.max(BRISK, BRISK_SHARE * cost);
        }
        return last + (hasLooked ? Math.max(SLOW, SLOW_SHARE * cost) : FIRST);
    }
}
