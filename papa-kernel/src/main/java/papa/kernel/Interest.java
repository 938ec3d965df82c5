package papa.kernel;

import papa.loop.EventLoop;
import papa.posix.Posix;

/**
 * What the loop is to tell about one connection. The system hears of it only where something changes. Loop thread only.
 */
final class Interest {
    private final EventLoop loop;
    private final int fd;
    private final EventLoop.Handler handler;
    private int events = Posix.EPOLLIN;
    private boolean watched;
    private boolean ended;

    Interest(EventLoop loop, int fd, EventLoop.Handler handler) {
        this.loop = loop;
        this.fd = fd;
        this.handler = handler;
    }

    /** Whether the loop tells anything. */
    boolean isWatched() {
        return watched;
    }

    /** False if the system has no room for it. */
    boolean begin() {
        watched = loop.add(fd, events, handler) >= 0;
        return watched;
    }

    /** Now, or as soon as the system has room for it. */
    void beginForCertain() {
        if (!ended && !watched && !begin()) {
            loop.after(loop.retryNanos, this::beginForCertain);
        }
    }

    /** Nothing is told until it begins again: that the other side has gone would be told in every turn. */
    void rest() {
        if (watched) {
            watched = false;
            loop.remove(fd);
        }
    }

    boolean includes(int event) {
        return (events & event) != 0;
    }

    void set(int event, boolean wanted) {
        int now = wanted ? events | event : events & ~event;
        if (now != events) {
            events = now;
            if (watched) {
                loop.change(fd, now);
            }
        }
    }

    /** For ever. Call it before closing. */
    void end() {
        ended = true;
        rest();
    }
}
