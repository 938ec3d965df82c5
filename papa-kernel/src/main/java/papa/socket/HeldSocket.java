package papa.socket;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import papa.posix.Posix;
import papa.wire.Words;

/** A socket that outlives every process that uses it. Made by {@link SocketOpening}; loop thread only from then on. */
public final class HeldSocket {
    /** Held sockets have numbers from here up, so that a worker's own descriptors never take one's place. */
    public static final int LOWEST_NUMBER = 64;

    public final SocketSpec spec;
    public final int fd;
    public final int port;
    private int holders;
    private boolean closed;

    /** What it is bound to; the port is the one that it got. */
    final byte[] address;

    final @Nullable UnixPath file;

    /** Where it goes back to, if papa was started with it. */
    private final @Nullable InheritedSockets origin;

    final @Nullable InheritedSocket inherited;

    /** Sockets at the same address, each for the processes of one name; only of one that is per process. */
    private final TreeMap<String, HeldSocket> shares = new TreeMap<>();

    HeldSocket(SocketSpec spec, int fd, byte[] address, @Nullable UnixPath file) {
        this.spec = spec;
        this.fd = fd;
        this.address = address;
        this.port = spec.isUnix() ? 0 : SocketAddress.port(address);
        this.file = file;
        this.origin = null;
        this.inherited = null;
    }

    /** One that papa was started with; its file is not ours to remove. */
    HeldSocket(SocketSpec spec, InheritedSocket inherited, InheritedSockets origin) {
        this.spec = spec;
        this.fd = inherited.fd;
        this.address = inherited.address;
        this.port = inherited.port();
        this.file = null;
        this.origin = origin;
        this.inherited = inherited;
    }

    /** It, and its shares. */
    public List<HeldSocket> all() {
        List<HeldSocket> all = new ArrayList<>(List.of(this));
        all.addAll(shares.values());
        return all;
    }

    @Nullable
    HeldSocket share(String process) {
        return shares.get(process);
    }

    void addShare(String process, HeldSocket share) {
        shares.put(process, share);
    }

    @Nullable
    HeldSocket removeShare(String process) {
        return shares.remove(process);
    }

    Collection<HeldSocket> shares() {
        return shares.values();
    }

    /** The names of the processes that have one. */
    Collection<String> sharers() {
        return shares.keySet();
    }

    /** A launch names it: its number stays its own until {@link #release}. */
    public void hold() {
        holders++;
    }

    /** A launch that named it has been told. */
    public void release(Posix posix) {
        holders--;
        if (closed && holders == 0 && inherited == null) {
            posix.close(fd);
        }
    }

    /**
     * Closes it, as soon as no launch names it any more, and removes its file if that is still the one it made. Processes
     * keep the copies they inherited. One that papa was started with waits to be asked for again.
     */
    public void close(Posix posix) {
        closed = true;
        if (inherited != null && origin != null) {
            origin.giveBack(inherited);
            return;
        }
        if (file != null) {
            file.remove(); // first: while the socket is open, its inode cannot be another's
        }
        if (holders == 0) {
            posix.close(fd);
        }
        shares.values().forEach(each -> each.close(posix));
    }

    /** The line that describes it to who speaks papa's language: what is not set is left out. */
    public String describe() {
        StringBuilder line = new StringBuilder(spec.name());
        line.append(" family=").append(spec.family()).append(" type=").append(spec.type());
        line.append(" backlog=").append(spec.backlog());
        if (spec.isUnix()) {
            line.append(" path=").append(spec.path());
            if (spec.fileMask() >= 0) {
                line.append(" umask=").append(spec.fileMask());
            }
        } else {
            line.append(" host=").append(spec.host()).append(" port=").append(port);
            if (!spec.device().isEmpty()) {
                line.append(" interface=").append(spec.device());
            }
        }
        if (spec.reusePort()) {
            line.append(" reuseport=1");
        }
        return spec.isPerProcess()
                ? line.toString()
                : line.append(" fileno=").append(fd).toString();
    }

    /** The line that describes it to who speaks the extended language: all that it may be compared by, quoted. */
    public String describeQuoted() {
        StringBuilder line = new StringBuilder(Words.quote(spec.name()));
        line.append(" family=").append(spec.family()).append(" type=").append(spec.type());
        line.append(" backlog=").append(spec.backlog());
        if (spec.isUnix()) {
            line.append(' ').append(Words.quote("path", spec.path()));
            if (spec.fileMask() >= 0) {
                line.append(String.format(" umask=%04o", spec.fileMask()));
            }
            line.append(' ').append(Words.quote("owner", spec.owner()));
            line.append(' ').append(Words.quote("group", spec.group()));
            if (spec.mode() >= 0) {
                line.append(String.format(" mode=%04o", spec.mode()));
            }
        } else {
            line.append(' ').append(Words.quote("host", spec.host()));
            line.append(" address=")
                    .append(SocketAddress.host(address))
                    .append(" port=")
                    .append(port);
            line.append(' ').append(Words.quote("interface", spec.device()));
        }
        if (spec.v6Only() >= 0) {
            line.append(" v6only=").append(spec.v6Only());
        }
        line.append(" reuseport=").append(spec.isPerProcess() ? "process" : spec.reusePort() ? "1" : "0");
        if (spec.protocol() != 0) {
            line.append(" proto=").append(spec.protocol());
        }
        line.append(" nonblocking=").append(spec.nonBlocking() ? 1 : 0);
        if (!spec.listens()) {
            line.append(" listen=0");
        }
        if (inherited != null) {
            line.append(' ').append(Words.quote("inherited", inherited.name));
        }
        return spec.isPerProcess()
                ? line.toString()
                : line.append(" fileno=").append(fd).toString();
    }
}
