package papa.process;

/**
 * Whether a stream has so much to say that each wait would cost it: a flood is read whenever something is there, all else
 * in {@link papa.loop.EventLoop#addPaced paced} turns. A pipe holds 64 KiB, which last a pace at 3 MB a second. Loop thread
 * only.
 */
final class Rate {
    /** Met at once, so much is a flood. */
    private static final long MUCH = 16 * 1024;

    /** A flood that has brought less than this in {@link #WINDOW_NANOS} or more is none any longer. */
    private static final long LITTLE = 8 * 1024;

    private static final long WINDOW_NANOS = 20_000_000L;

    private boolean flood;
    private long sinceNanos;
    private long bytes;

    boolean isFlood() {
        return flood;
    }

    /** So many bytes were there. Whether it has begun to be a flood by that, or has ceased to be one. */
    boolean changes(long met, long nowNanos) {
        bytes += met;
        if (met >= MUCH) {
            restart(nowNanos);
            boolean begins = !flood;
            flood = true;
            return begins;
        }
        if (!flood || nowNanos - sinceNanos < WINDOW_NANOS) {
            return false;
        }
        flood = bytes * WINDOW_NANOS >= LITTLE * (nowNanos - sinceNanos);
        restart(nowNanos);
        return !flood;
    }

    private void restart(long nowNanos) {
        sinceNanos = nowNanos;
        bytes = 0;
    }
}
