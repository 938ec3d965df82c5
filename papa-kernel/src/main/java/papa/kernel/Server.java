package papa.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.wire.Frame;
import papa.wire.Words;

/**
 * The Unix socket at which the kernel is reached, and the connections to it. Only its own user and root get in (unix(7),
 * SO_PEERCRED). Loop thread only.
 */
final class Server {
    /** The most that is read from a connection at once, into one buffer for all. */
    static final int READ_AT_ONCE = 64 * 1024;

    static final String VERSION = "0.1.0";
    private static final int MOST_SESSIONS = 256;
    private static final int MOST_LINE_BYTES = 8 * 1024 * 1024;
    private static final int S_IFSOCK = 0xc000;
    private static final int BACKLOG = 128;
    private static final long IDLE_NANOS = 5_000_000_000L;
    private static final long PAUSE_NANOS = 50_000_000L;

    private final Posix posix;
    private final EventLoop loop;
    private final Kernel kernel;
    private final Requests requests;
    private final String path;
    private final int listener;
    private final long readBuffer;
    private final Set<Session> sessions = new LinkedHashSet<>();
    private final String instance;
    private final long startedMicros = Micros.now();
    private final boolean exitWhenIdle;
    private EventLoop.@Nullable Timer idleTimer;
    private boolean exitWanted;

    /** @param path a byte string; a file there is replaced: the lock says that nobody uses it */
    Server(Posix posix, EventLoop loop, Kernel kernel, String path, String instance, boolean exitWhenIdle)
            throws PosixException, Refusal {
        this.posix = posix;
        this.loop = loop;
        this.kernel = kernel;
        this.path = path;
        this.instance = instance;
        this.exitWhenIdle = exitWhenIdle;
        this.requests = new Requests(kernel, this);
        this.readBuffer = posix.allocate(READ_AT_ONCE);
        this.listener = listen(posix, path);
        loop.add(listener, Posix.EPOLLIN, this::accept);
        kernel.onChange(this::considerExit);
        kernel.onRoom(() -> loop.atEndOfTurn(() -> List.copyOf(sessions).forEach(Session::runLines)));
        considerExit();
    }

    private static int listen(Posix posix, String path) throws PosixException, Refusal {
        byte[] address = HeldSocket.unixAddress(path);
        int fd = PosixException.check(
                "make a socket", posix.socket(Posix.AF_UNIX, Posix.SOCK_STREAM | Posix.SOCK_NONBLOCK, 0));
        int kind = posix.identify(path, new long[2]);
        if (kind >= 0 && kind != S_IFSOCK) {
            posix.close(fd);
            throw new Refusal("cannot listen at " + Words.text(path) + ": a file that is no socket is there");
        }
        posix.unlink(path);
        int mask = posix.fileMask(0177);
        int bound = posix.bind(fd, address);
        posix.fileMask(mask);
        PosixException.check("listen at " + Words.text(path), bound);
        PosixException.check("listen at " + Words.text(path), posix.listen(fd, BACKLOG));
        return fd;
    }

    private void accept(int events) {
        while (true) {
            int fd = posix.accept(listener);
            if (fd < 0) {
                if (!Errno.EAGAIN.is(fd) && !Errno.EINTR.is(fd)) {
                    pauseListening(fd);
                }
                return;
            }
            admit(fd);
        }
    }

    /** Out of descriptors or memory: what waits stays in the backlog for a moment. */
    private void pauseListening(int failure) {
        Log.debug("cannot accept a connection: " + Errno.of(failure));
        loop.remove(listener);
        loop.after(PAUSE_NANOS, () -> loop.add(listener, Posix.EPOLLIN, this::accept));
    }

    private void admit(int fd) {
        int[] peer = new int[3];
        int known = posix.peerCredentials(fd, peer);
        boolean allowed = known >= 0 && (peer[1] == posix.uid() || peer[1] == 0);
        if (!allowed) {
            refuse(fd, "cannot let uid " + peer[1] + " in: only uid " + posix.uid() + " and root may");
        } else if (sessions.size() >= MOST_SESSIONS) {
            refuse(fd, "cannot serve more than " + MOST_SESSIONS + " connections");
        } else {
            Session session = new Session(posix, loop, this, kernel, requests, fd, peer[0]);
            if (session.open()) {
                sessions.add(session);
                exitWanted = false; // papa: any new connection cancels the wish
            }
        }
        considerExit();
    }

    private void refuse(int fd, String why) {
        Log.info("refused a connection: " + why);
        byte[] text = ("Error: " + why + "\n").getBytes(StandardCharsets.UTF_8);
        posix.putBytes(readBuffer, text, 0, text.length);
        posix.write(fd, readBuffer, text.length);
        posix.close(fd);
    }

    /** A line is about to take more memory: all of them together are bounded, and the longest goes. */
    void makeRoomForLines() {
        int room = sessions.stream().mapToInt(Session::lineRoom).sum();
        if (room > MOST_LINE_BYTES) {
            sessions.stream()
                    .max(Comparator.comparingInt(Session::lineRoom))
                    .ifPresent(longest -> longest.close("all connections together send lines that are too long"));
        }
    }

    long readBuffer() {
        return readBuffer;
    }

    void gone(Session session) {
        sessions.remove(session);
        considerExit();
    }

    /** The answer to hello. */
    String welcome() {
        List<String> capabilities = Requests.capabilities();
        if (kernel.hasControlGroups()) {
            capabilities.add("cgroup");
        }
        return "papa " + VERSION + " wire=" + Frame.WIRE_VERSION + " instance=" + instance + " pid=" + posix.pid()
                + " started=" + startedMicros + " capabilities=" + String.join(",", capabilities) + "\n";
    }

    /** Ends the kernel once nobody is connected and nothing is held. */
    void exitWhenAlone() {
        exitWanted = true;
    }

    private void considerExit() {
        boolean alone = sessions.isEmpty() && kernel.isIdle();
        if (alone && exitWanted) {
            loop.stop();
        }
        if (!exitWhenIdle) {
            return;
        }
        if (alone && idleTimer == null) {
            idleTimer = loop.after(IDLE_NANOS, loop::stop);
        } else if (!alone && idleTimer != null) {
            idleTimer.cancel();
            idleTimer = null;
        }
    }

    /** Nobody gets in any more. */
    void close() {
        loop.remove(listener);
        posix.close(listener);
        posix.unlink(path);
    }
}
