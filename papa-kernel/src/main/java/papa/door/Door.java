package papa.door;

import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.PosixException;

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

    /** @param listener listening already, and not blocking */
    public Door(Posix posix, EventLoop loop, int listener, Visitor visitor) throws PosixException {
        this.posix = posix;
        this.loop = loop;
        this.listener = listener;
        this.visitor = visitor;
        PosixException.check("wait for connections", listen());
    }

    private int listen() {
        pause = null;
        return loop.add(listener, Posix.EPOLLIN, this::accept);
    }

    private void accept(int events) {
        for (int i = 0; i < AT_ONCE; i++) {
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
        if (pause != null) {
            pause.cancel();
        }
        loop.remove(listener);
        posix.close(listener);
    }
}
