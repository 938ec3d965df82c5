package papa.door;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import papa.loop.EventLoop;
import papa.posix.Posix;
import papa.posix.PosixException;

/**
 * The TCP port at which the kernel may be reached from this machine, 127.0.0.1 alone. Whoever comes is looked at as on
 * the Unix socket: by uid. Loop thread only.
 */
public final class TcpDoor {
    public static final int PAPAS_PORT = 20_202;

    private static final int BACKLOG = 128;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_KEEPALIVE = 9;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;
    private static final int TCP_USER_TIMEOUT = 18;

    /** A client that has vanished without a word is noticed after 30 + 3 × 10 seconds (tcp(7)). */
    private static final int ASK_AFTER_SECONDS = 30;

    private static final int ASK_AGAIN_SECONDS = 10;
    private static final int TIMES = 3;
    private static final int UNHEARD_MILLIS = 60_000;

    /** Told of each connection, and whose it is; owns its descriptor from then on. */
    public interface Visitor {
        void arrived(int fd, int uid);
    }

    private final Posix posix;
    private final TcpPeers peers;
    private final Visitor visitor;
    private final Door door;

    /** The port that it listens at, also where the system chose it. */
    public final int port;

    private int arriving;

    /**
     * Shut at first.
     *
     * @param listener from {@link #listen}
     */
    public TcpDoor(Posix posix, EventLoop loop, int listener, Visitor visitor) throws PosixException {
        this.posix = posix;
        this.visitor = visitor;
        this.peers = new TcpPeers(posix, loop, List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6")));
        byte[] bound = new byte[16];
        PosixException.check("tell the port of a socket", posix.socketName(listener, bound));
        this.port = ByteBuffer.wrap(bound).getShort(2) & 0xffff;
        this.door = new Door(posix, loop, listener, this::arrived);
    }

    /**
     * A socket that listens.
     *
     * @param port 0 lets the system choose
     */
    public static int listen(Posix posix, int port) throws PosixException {
        String where = "listen at 127.0.0.1, port " + port;
        int fd = PosixException.check(where, posix.socket(Posix.AF_INET, Posix.SOCK_STREAM | Posix.SOCK_NONBLOCK, 0));
        posix.setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
        PosixException.check(where, posix.bind(fd, loopback(port)));
        PosixException.check(where, posix.listen(fd, BACKLOG));
        return fd;
    }

    /** The socket that listens. */
    public int listener() {
        return door.listener();
    }

    /** Lets them in. */
    public void open() {
        door.open();
    }

    /** Lets nobody in for now. */
    public void shut() {
        door.shut();
    }

    /** How many were let in of whom is not known yet who they are. */
    public int arriving() {
        return arriving;
    }

    /** struct sockaddr_in of 127.0.0.1. */
    private static byte[] loopback(int port) {
        return new byte[] {Posix.AF_INET, 0, (byte) (port >> 8), (byte) port, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
    }

    private void arrived(int fd) {
        posix.setSocketOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
        posix.setSocketOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
        posix.setSocketOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, ASK_AFTER_SECONDS);
        posix.setSocketOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, ASK_AGAIN_SECONDS);
        posix.setSocketOption(fd, IPPROTO_TCP, TCP_KEEPCNT, TIMES);
        posix.setSocketOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, UNHEARD_MILLIS);
        arriving++;
        peers.uid(fd, uid -> {
            arriving--;
            visitor.arrived(fd, uid);
        });
    }

    public void close() {
        door.close();
        peers.close();
    }
}
