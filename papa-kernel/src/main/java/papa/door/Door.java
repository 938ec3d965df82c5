package papa.door;

import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Errno;
import papa.posix.Posix;

/** A listening socket, and the connections that come through it. Loop thread only. */
public final class Door {
    /** How many are let in before others get their turn. */
    private static final int AT_ONCE = 64;

    private static final long PAUSE_NANOS = 50_000_000L;

    /** Told of each connection; owns its descriptor from then on. */
    public interface Visitor {
        void arrived(int fd);
    }

    private final Posix posix;
    private final EventLoop loop;
    private final int listener;
    private final Visitor visitor;
    private EventLoop.@Nullable Timer pause;
    private boolean open;

    /**
     * Shut at first.
     *
     * @param listener listening already, and not blocking
     */
    public Door(Posix posix, EventLoop loop, int listener, Visitor visitor) {
        this.posix = posix;
        this.loop = loop;
        this.listener = listener;
        this.visitor = visitor;
    }

    /** The socket that listens. */
    public int listener() {
        return listener;
    }

    /** Lets them in; those first who came while it was shut. */
    public void open() {
        if (!open) {
            open = true;
            listen();
        }
    }

    /** Lets nobody in for now: who comes waits in the backlog. */
    public void shut() {
        if (open) {
            open = false;
            stopListening();
        }
    }

    private void listen() {
        pause = null;
        loop.addForCertain(listener, Posix.EPOLLIN, this::accept, () -> "a socket that clients connect to");
    }

    private void stopListening() {
        if (pause != null) {
            pause.cancel();
            pause = null;
        }
        loop.remove(listener);
    }

    private void accept(int events) {
        for (int i = 0; i < AT_ONCE && open; i++) {
            int fd = posix.accept(listener);
            if (fd < 0) {
                // What a connection died of before it was taken (accept(2)) is that connection's matter.
                if (!Errno.EAGAIN.is(fd) && !Errno.EINTR.is(fd) && !Errno.ECONNABORTED.is(fd)) {
                    pauseListening(fd);
                }
                return;
            }
            visitor.arrived(fd);
        }
    }

    /** Out of descriptors or memory: what waits stays in the backlog for a moment. */
    private void pauseListening(int failure) {
        Log.debug("cannot accept a connection: " + Errno.of(failure));
        loop.remove(listener);
        pause = loop.after(PAUSE_NANOS, this::listen);
    }

    /** Nobody gets in any more. */
    public void close() {
        open = false;
        stopListening();
        posix.close(listener);
    }
}
