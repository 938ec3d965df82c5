package papa.kernel;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.wire.Words;

/**
 * A listening socket that outlives every process that uses it.
 *
 * <p>{@link #open} may wait for a name to be looked up and so belongs to the spawner's thread; everything else to the
 * loop's.
 */
final class HeldSocket {
    /** Held sockets have numbers from here up, so that a worker's own descriptors never take one's place. */
    static final int LOWEST_NUMBER = 64;

    private static final int FIRST_DYNAMIC = 0;

    final SocketSpec spec;
    final int fd;
    final int port;
    private final long[] fileIdentity;
    private int holders;
    private boolean closed;

    private HeldSocket(SocketSpec spec, int fd, int port, long[] fileIdentity) {
        this.spec = spec;
        this.fd = fd;
        this.port = port;
        this.fileIdentity = fileIdentity;
    }

    /** Binds and listens. */
    static HeldSocket open(Posix posix, SocketSpec spec) throws Refusal {
        boolean unix = spec.family().equals("unix");
        byte[] address = unix ? unixAddress(spec.path()) : inetAddress(spec);
        int domain = unix ? Posix.AF_UNIX : spec.family().equals("inet6") ? Posix.AF_INET6 : Posix.AF_INET;
        int fd = posix.socket(domain, Posix.SOCK_STREAM, 0);
        if (fd < 0) {
            throw new Refusal(Errno.python(fd));
        }
        try {
            HeldSocket held = bind(posix, spec, fd, address);
            posix.close(fd);
            return held;
        } catch (Refusal refusal) {
            posix.close(fd);
            throw refusal;
        }
    }

    private static HeldSocket bind(Posix posix, SocketSpec spec, int low, byte[] address) throws Refusal {
        boolean unix = spec.family().equals("unix");
        posix.setSocketOption(low, 1, 2, 1); // SOL_SOCKET, SO_REUSEADDR
        int formerMask = unix && spec.fileMask() >= 0 ? posix.fileMask(spec.fileMask()) : -1;
        if (unix && spec.replace()) {
            posix.unlink(spec.path());
        }
        int bound = posix.bind(low, address);
        if (formerMask >= 0) {
            posix.fileMask(formerMask);
        }
        if (bound < 0) {
            String where = unix ? "" : " on " + numeric(address) + ":" + spec.port();
            throw new Refusal("Bind failed" + where + ": " + Errno.python(bound));
        }
        int listening = posix.listen(low, spec.backlog());
        posix.setNonBlocking(low, spec.nonBlocking());
        int high = listening < 0 ? listening : posix.duplicate(low, LOWEST_NUMBER);
        if (high < 0) {
            if (unix) {
                posix.unlink(spec.path()); // it would stand in the way of the next attempt
            }
            throw new Refusal(Errno.python(high));
        }
        long[] identity = new long[2];
        if (unix) {
            posix.identify(spec.path(), identity);
        }
        return new HeldSocket(spec, high, unix ? FIRST_DYNAMIC : boundPort(posix, low), identity);
    }

    private static int boundPort(Posix posix, int fd) {
        byte[] address = new byte[128];
        posix.socketName(fd, address);
        return ((address[2] & 0xff) << 8) | (address[3] & 0xff);
    }

    /** A {@code sockaddr_un} for a path given as a byte string. */
    static byte[] unixAddress(String path) throws Refusal {
        if (path.length() > 107) {
            throw new Refusal("cannot use the socket path " + Words.text(path) + ": it has " + path.length()
                    + " bytes, and 107 are the most that a Unix socket takes");
        }
        byte[] address = new byte[2 + path.length() + 1];
        address[0] = Posix.AF_UNIX;
        for (int i = 0; i < path.length(); i++) {
            address[2 + i] = (byte) path.charAt(i);
        }
        return address;
    }

    private static byte[] inetAddress(SocketSpec spec) throws Refusal {
        boolean six = spec.family().equals("inet6");
        String host = spec.host().isEmpty() ? (six ? "::1" : "127.0.0.1") : Words.text(spec.host());
        InetAddress found;
        try {
            found = Arrays.stream(InetAddress.getAllByName(host))
                    .filter(each -> six ? each instanceof Inet6Address : each instanceof Inet4Address)
                    .findFirst()
                    .orElseThrow(() -> new UnknownHostException(host));
        } catch (UnknownHostException unknown) {
            throw new Refusal("[Errno -2] Name or service not known");
        }
        byte[] bytes = found.getAddress();
        byte[] address = new byte[six ? 28 : 16];
        address[0] = (byte) (six ? Posix.AF_INET6 : Posix.AF_INET);
        address[2] = (byte) (spec.port() >> 8);
        address[3] = (byte) spec.port();
        System.arraycopy(bytes, 0, address, six ? 8 : 4, bytes.length);
        return address;
    }

    private static String numeric(byte[] address) {
        try {
            byte[] ip = address[0] == Posix.AF_INET6
                    ? Arrays.copyOfRange(address, 8, 24)
                    : Arrays.copyOfRange(address, 4, 8);
            return InetAddress.getByAddress(ip).getHostAddress();
        } catch (UnknownHostException impossible) {
            return "?";
        }
    }

    /** A launch names it: its number stays its own until {@link #release}. */
    void hold() {
        holders++;
    }

    /** A launch that named it has been told. */
    void release(Posix posix) {
        holders--;
        if (closed && holders == 0) {
            posix.close(fd);
        }
    }

    /**
     * Closes it, as soon as no launch names it any more, and removes its file if that is still the one it made. Processes
     * keep the copies they inherited.
     */
    void close(Posix posix) {
        closed = true;
        if (holders == 0) {
            posix.close(fd);
        }
        if (!spec.path().isEmpty()) {
            long[] now = new long[2];
            if (posix.identify(spec.path(), now) >= 0 && Arrays.equals(now, fileIdentity)) {
                posix.unlink(spec.path());
            }
        }
    }

    /** The line that describes it, as papa writes it. */
    String describe() {
        StringBuilder line = new StringBuilder(spec.name());
        line.append(" family=")
                .append(spec.family())
                .append(" type=stream backlog=")
                .append(spec.backlog());
        if (spec.family().equals("unix")) {
            line.append(" path=").append(spec.path());
            if (spec.fileMask() >= 0) {
                line.append(" umask=").append(spec.fileMask());
            }
        } else {
            String loopback = spec.family().equals("inet6") ? "::1" : "127.0.0.1";
            line.append(" host=").append(spec.host().isEmpty() ? loopback : spec.host());
            line.append(" port=").append(port);
        }
        return line.append(" fileno=").append(fd).toString();
    }
}
