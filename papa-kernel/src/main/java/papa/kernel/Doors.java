package papa.kernel;

import org.jspecify.annotations.Nullable;
import papa.door.Door;
import papa.door.Guard;
import papa.door.Peer;
import papa.door.TcpDoor;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.request.Refusal;
import papa.socket.InheritedSockets;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/**
 * Where clients come in: the Unix socket, and the TCP port if one is asked for. In a state:
 *
 * <pre>
 *   door       see {@link OwnSocket}
 *   tcp-door   descriptor    it listens
 *              may-change    whether those who come may do more than read
 * </pre>
 *
 * Loop thread only.
 */
final class Doors {
    static final String UNIX = "door";
    static final String TCP = "tcp-door";

    /** Told of each connection, and whose it is; owns its descriptor from then on. */
    interface Visitor {
        void arrived(int fd, Peer peer);
    }

    private final Posix posix;
    private final EventLoop loop;
    private final String path;
    private final Visitor visitor;
    private @Nullable OwnSocket socket;
    private @Nullable Door door;
    private @Nullable TcpDoor tcpDoor;
    private boolean tcpMayChange;
    private boolean open = true;

    /** @param path of the Unix socket, a byte string */
    Doors(Posix posix, EventLoop loop, String path, Visitor visitor) {
        this.posix = posix;
        this.loop = loop;
        this.path = path;
        this.visitor = visitor;
    }

    /**
     * Makes the Unix socket; one on which nobody listens gives way. The lock is taken.
     *
     * @param toOthers whether others than the kernel's own user are let in
     */
    void listen(boolean toOthers, InheritedSockets inherited) throws PosixException, Refusal {
        take(OwnSocket.open(posix, path, toOthers, inherited));
    }

    private void take(OwnSocket made) {
        Door opened = new Door(posix, loop, made.fd(), this::arrived);
        socket = made;
        door = opened;
        if (open) {
            opened.open();
        }
    }

    private void arrived(int fd) {
        int[] peer = new int[3];
        boolean known = posix.peerCredentials(fd, peer) >= 0;
        visitor.arrived(fd, new Peer(known ? peer[0] : 0, known ? peer[1] : Guard.UNKNOWN, true));
    }

    /**
     * Lets them in over TCP, too.
     *
     * @param port 0 lets the system choose
     * @param mayChange whether those may do more than read
     * @return the port
     */
    int listenAt(int port, boolean mayChange) throws PosixException {
        TcpDoor opened = take(TcpDoor.listen(posix, port), mayChange);
        Log.info("listening at 127.0.0.1, port " + opened.port + ", for " + (mayChange ? "everything" : "reading"));
        if (mayChange) {
            Log.info("warning: --port-control: whoever can run a program as one of those who may connect, or forward a"
                    + " connection to this port for them, can start programs here");
        }
        return opened.port;
    }

    private TcpDoor take(int listener, boolean mayChange) throws PosixException {
        TcpDoor opened =
                new TcpDoor(posix, loop, listener, (fd, uid) -> visitor.arrived(fd, new Peer(0, uid, mayChange)));
        tcpDoor = opened;
        tcpMayChange = mayChange;
        if (open) {
            opened.open();
        }
        return opened;
    }

    void save(StateWriter out) {
        if (socket != null) {
            StateWriter.Line line = out.line(UNIX);
            socket.put(line);
            line.end();
        }
        if (tcpDoor != null) {
            out.line(TCP)
                    .descriptor("descriptor", tcpDoor.listener())
                    .flag("may-change", tcpMayChange)
                    .end();
        }
    }

    void restoreUnix(StateLine line) throws StateException {
        if (socket != null) {
            throw line.wrong("there is one already");
        }
        take(OwnSocket.restore(line, posix, path));
    }

    void restoreTcp(StateLine line) throws StateException {
        if (tcpDoor != null) {
            throw line.wrong("there is one already");
        }
        try {
            take(SavedSession.socket(line, posix), line.flag("may-change"));
        } catch (PosixException notOne) {
            throw line.wrong("" + notOne.getMessage());
        }
    }

    /** Nobody is let in for now. */
    void shut() {
        open = false;
        if (door != null) {
            door.shut();
        }
        if (tcpDoor != null) {
            tcpDoor.shut();
        }
    }

    /** They are let in again. */
    void open() {
        open = true;
        if (door != null) {
            door.open();
        }
        if (tcpDoor != null) {
            tcpDoor.open();
        }
    }

    /** How many were let in of whom is not known yet who they are. */
    int arriving() {
        return tcpDoor == null ? 0 : tcpDoor.arriving();
    }

    /** Nobody gets in any more. */
    void close() {
        if (socket != null) {
            socket.removeFile(); // first: while the socket is open, its inode cannot be another's
        }
        if (door != null) {
            door.close();
        }
        if (tcpDoor != null) {
            tcpDoor.close();
        }
    }
}
