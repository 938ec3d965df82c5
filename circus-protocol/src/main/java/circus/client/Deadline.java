package circus.client;

import java.time.Duration;

/** A point in time until which something may take. A value; any thread. */
record Deadline(long atNanos) {
    private static final long FAR_NANOS = Duration.ofDays(365).toNanos();

    static Deadline in(Duration limit) {
        return new Deadline(
                System.nanoTime() + (limit.compareTo(Duration.ofDays(365)) > 0 ? FAR_NANOS : limit.toNanos()));
    }

    static Deadline never() {
        return new Deadline(System.nanoTime() + FAR_NANOS);
    }

    long remainingNanos() {
        return Math.max(0, atNanos - System.nanoTime());
    }

    boolean isOver() {
        return remainingNanos() == 0;
    }
}
