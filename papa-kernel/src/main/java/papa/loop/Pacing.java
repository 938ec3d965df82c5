package papa.loop;

import papa.posix.Posix;

/**
 * Looks at a second set of descriptors at once when something comes after a while of quiet, and then not again for {@link
 * #PACE_NANOS}: what many write in small pieces meanwhile is met together, and costs one turn of the loop.
 *
 * <pre>
 *   armed ── something is ready ──► round ──► resting ── time is over ──► round ──┐
 *     ▲                                          ▲                                 ├─ there was something
 *     │                                          └─────────────────────────────────┤
 *     └────────────────────────────────────────────────────────────── there was nothing
 * </pre>
 *
 * <p>The set is in the loop's own as one descriptor that tells of itself once each time it is armed (EPOLLONESHOT), so
 * while it rests what is written there wakes nobody. Loop thread only.
 */
final class Pacing {
    /** So late what is ready may be met. Capture times have to be within 50 ms of the write, and the machine may be slow. */
    static final long PACE_NANOS = 25_000_000L;

    private static final int EVENTS_AT_ONCE = 256;
    private static final int WHEN_READY = Posix.EPOLLIN | Posix.EPOLLONESHOT;

    private final Posix posix;
    private final EventLoop loop;
    private final Interests interests;
    private final int set;
    private final int[] events = new int[EVENTS_AT_ONCE];
    private final long[] tokens = new long[EVENTS_AT_ONCE];
    private boolean armed = true;
    private long roundNanos;

    Pacing(Posix posix, EventLoop loop, Interests interests, int set) {
        this.posix = posix;
        this.loop = loop;
        this.interests = interests;
        this.set = set;
    }

    /** The result of epoll_ctl(2). */
    int begin() {
        return loop.add(set, WHEN_READY, ready -> {
            armed = false;
            hurry();
        });
    }

    /** Has a round in the turn that is being taken, or in the next one, if there would be none for a while. */
    void hurry() {
        if (!armed) {
            roundNanos = System.nanoTime();
        }
    }

    /** How long until there is something to do; {@link Long#MAX_VALUE} if a descriptor will tell. */
    long leftNanos() {
        return armed ? Long.MAX_VALUE : Math.max(0, roundNanos - System.nanoTime());
    }

    /** To be called in each turn. */
    void turn() {
        if (leftNanos() > 0) {
            return;
        }
        int met = 0;
        int count;
        do {
            count = Math.max(0, posix.epollWait(set, events, tokens, 0));
            for (int i = 0; i < count; i++) {
                interests.dispatch(events[i], tokens[i], true);
            }
            met += count;
        } while (count == EVENTS_AT_ONCE && met < interests.paced());
        if (met > 0) {
            roundNanos = System.nanoTime() + PACE_NANOS;
        } else {
            armed = true;
            loop.change(set, WHEN_READY);
        }
    }
}
