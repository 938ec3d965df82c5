package papa.door;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Posix;

/**
 * Connections that are told why they are not served, and then closed. What a client says meanwhile is taken off: one that
 * is closed over unread bytes loses the answer (tcp(7), a reset). So each stays open for a moment, if there are not too
 * many of them. Loop thread only.
 */
public final class TurnedAway {
    private static final long MOMENT_NANOS = 200_000_000L;
    private static final int MOST = 64;
    private static final int ROOM = 64 * 1024;

    private final Posix posix;
    private final EventLoop loop;
    private final long buffer;
    private final ArrayDeque<Integer> waiting = new ArrayDeque<>();

    /** @param buffer for anybody on the loop's thread; 64 KiB at least */
    public TurnedAway(Posix posix, EventLoop loop, long buffer) {
        this.posix = posix;
        this.loop = loop;
        this.buffer = buffer;
    }

    /** Tells it, and closes the descriptor, which is the caller's no more. */
    public void turn(int fd, String why) {
        Log.info("refused a connection: " + why);
        byte[] text = ("Error: " + why + "\n").getBytes(StandardCharsets.UTF_8);
        posix.putBytes(buffer, text, 0, text.length);
        posix.write(fd, buffer, text.length);
        waiting.add(fd);
        if (waiting.size() > MOST) {
            closeOldest();
        }
        loop.after(MOMENT_NANOS, () -> {
            if (waiting.contains(fd)) {
                waiting.remove(fd);
                close(fd);
            }
        });
    }

    private void closeOldest() {
        close(waiting.remove());
    }

    private void close(int fd) {
        posix.read(fd, buffer, ROOM);
        posix.close(fd);
    }
}
