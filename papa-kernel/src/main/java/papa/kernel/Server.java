package papa.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import papa.door.Door;
import papa.door.Guard;
import papa.door.Peer;
import papa.door.TcpDoor;
import papa.door.TcpPeers;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.loop.Micros;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.request.Refusal;
import papa.socket.SocketAddress;
import papa.socket.UnixPath;
import papa.wire.Frame;
import papa.wire.Limit;
import papa.wire.Words;

/**
 * The Unix socket at which the kernel is reached, the TCP port if one is asked for, and the connections to both. Who gets
 * in is looked at for each: by SO_PEERCRED (unix(7)), or by {@link TcpPeers}. Loop thread only.
 */
final class Server {
    /** The most that is read from a connection at once, into one buffer for all. */
    static final int READ_AT_ONCE = 64 * 1024;

    static final String VERSION = "0.1.0";
    private static final int MOST_SESSIONS = Limit.SESSIONS.most();
    private static final int MOST_LINE_BYTES = Limit.LINES.most();
    private static final int BACKLOG = 128;
    /** How long a connection is left alone that asks for nothing while others are turned away. */
    private static final long SILENT_NANOS = 10_000_000_000L;

    private static final long IDLE_NANOS = 5_000_000_000L;

    private final Posix posix;
    private final EventLoop loop;
    private final Kernel kernel;
    private final Requests requests;
    private final UnixPath file;
    private final Guard guard;
    private final Door door;
    private @Nullable TcpDoor tcpDoor;
    private final long readBuffer;
    private final UnreadAnswers unread = new UnreadAnswers();
    private final Set<Session> sessions = new LinkedHashSet<>();
    private final String instance;
    private final long startedMicros = Micros.now();
    private final boolean exitWhenIdle;
    private EventLoop.@Nullable Timer idleTimer;
    private boolean exitWanted;

    /** @param path a byte string; a socket on which nobody listens gives way; the lock is taken */
    Server(Posix posix, EventLoop loop, Kernel kernel, String path, String instance, Guard guard, boolean exitWhenIdle)
            throws PosixException, Refusal {
        this.posix = posix;
        this.loop = loop;
        this.kernel = kernel;
        this.instance = instance;
        this.exitWhenIdle = exitWhenIdle;
        this.requests = new Requests(kernel, this);
        this.readBuffer = posix.allocate(READ_AT_ONCE);
        this.guard = guard;
        this.door = new Door(posix, loop, listen(posix, path, guard.isOpen()), this::arrived);
        this.file = new UnixPath(posix, path);
        kernel.onChange(this::considerExit);
        kernel.onRoom(() -> loop.atEndOfTurn(() -> List.copyOf(sessions).forEach(Session::runLines)));
        considerExit();
    }

    /**
     * Lets them in over TCP, too.
     *
     * @param port 0 lets the system choose; -1 opens none
     * @return the port
     * @param mayChange whether those may do more than read
     */
    int openPort(int port, boolean mayChange) throws PosixException {
        if (port < 0) {
            return port;
        }
        TcpDoor opened;
        try {
            opened = new TcpDoor(posix, loop, port, (fd, uid) -> admit(fd, new Peer(0, uid, mayChange)));
        } catch (PosixException failed) {
            close(); // this kernel ends: nobody is to wait at its socket
            throw failed;
        }
        tcpDoor = opened;
        Log.info("listening at 127.0.0.1, port " + opened.port + ", for " + (mayChange ? "everything" : "reading"));
        if (mayChange) {
            Log.info("warning: --port-control: whoever can run a program as one of those who may connect, or forward a"
                    + " connection to this port for them, can start programs here");
        }
        return opened.port;
    }

    private static int listen(Posix posix, String path, boolean open) throws PosixException, Refusal {
        byte[] address = SocketAddress.unix(path);
        makeWay(posix, path);
        int fd = PosixException.check(
                "make a socket", posix.socket(Posix.AF_UNIX, Posix.SOCK_STREAM | Posix.SOCK_NONBLOCK, 0));
        int mask = posix.fileMask(open ? 0111 : 0177); // who may come in is looked at in any case
        int bound = posix.bind(fd, address);
        posix.fileMask(mask);
        PosixException.check("listen at " + Words.text(path), bound);
        PosixException.check("listen at " + Words.text(path), posix.listen(fd, BACKLOG));
        return fd;
    }

    private static void makeWay(Posix posix, String path) throws Refusal {
        switch (UnixPath.occupant(posix, path)) {
            case NOBODY -> {}
            case STALE_SOCKET -> posix.unlink(path);
            case LIVE_SOCKET ->
                throw new Refusal("cannot listen at " + Words.text(path)
                        + ": a program listens there, though it does not hold the lock of a papa; end it, or choose another"
                        + " path");
            case OTHER_FILE ->
                throw new Refusal("cannot listen at " + Words.text(path) + ": a file that is no socket is there");
        }
    }

    private void arrived(int fd) {
        int[] peer = new int[3];
        boolean known = posix.peerCredentials(fd, peer) >= 0;
        admit(fd, new Peer(known ? peer[0] : 0, known ? peer[1] : Guard.UNKNOWN, true));
    }

    private void admit(int fd, Peer peer) {
        if (guard.admits(peer.uid()) && sessions.size() >= MOST_SESSIONS) {
            makeRoomForOne();
        }
        if (!guard.admits(peer.uid())) {
            refuse(fd, guard.refusal(peer.uid()));
        } else if (sessions.size() >= MOST_SESSIONS) {
            refuse(fd, "cannot serve more than " + MOST_SESSIONS + " connections");
        } else {
            Session session = new Session(posix, loop, this, kernel, requests, fd, peer);
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
        // What it has said already is taken off: a connection that is closed over unread bytes loses the answer.
        posix.read(fd, readBuffer, READ_AT_ONCE);
        posix.close(fd);
    }

    UnreadAnswers unread() {
        return unread;
    }

    /** Answers that nobody reads are bounded for all together, and who has the most of them goes. */
    void boundUnread() {
        for (int i = sessions.size(); i > 0 && unread.bytes() > Limit.UNREAD_IN_ALL.most(); i--) {
            sessions.stream()
                    .max(Comparator.comparingLong(Session::unread))
                    .ifPresent(
                            most -> most.close("answers wait that take too much memory, and most of them are its own"));
        }
    }

    /** How many connections follow. */
    int following() {
        return (int)
                sessions.stream().filter(each -> each.follower().isPresent()).count();
    }

    /**
     * A connection that nothing depends on goes, if it has asked nothing for a while: first those that never did, then
     * the one that is silent for longest.
     */
    private void makeRoomForOne() {
        long now = System.nanoTime();
        sessions.stream()
                .filter(each -> now - each.askedNanos() > SILENT_NANOS && each.isExpendable())
                .min(Comparator.comparing(Session::hasAsked).thenComparingLong(each -> each.askedNanos() - now))
                .ifPresent(silent -> silent.dismiss("this connection asked for nothing, and others wait for one"));
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

    String instance() {
        return instance;
    }

    /** When it began to serve; microseconds. */
    long startedMicros() {
        return startedMicros;
    }

    /** Connections open. */
    int sessions() {
        return sessions.size();
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
        file.remove(); // first: while the socket is open, its inode cannot be another's
        door.close();
        if (tcpDoor != null) {
            tcpDoor.close();
        }
    }
}
