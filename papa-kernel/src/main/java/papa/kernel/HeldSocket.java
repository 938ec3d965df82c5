package papa.kernel;

import java.util.Collection;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import papa.posix.Posix;
import papa.wire.Words;

/** A socket that outlives every process that uses it. Made by {@link SocketOpening}; loop thread only from then on. */
final class HeldSocket {
    final SocketSpec spec;
    final int fd;
    final int port;

    /** What it is bound to; the port is the one that it got. */
    final byte[] address;

    private final @Nullable UnixPath file;

    /** Sockets at the same address, each for the processes of one name; only of one that is per process. */
    private final TreeMap<String, HeldSocket> shares = new TreeMap<>();

    HeldSocket(SocketSpec spec, int fd, byte[] address, @Nullable UnixPath file) {
        this.spec = spec;
        this.fd = fd;
        this.address = address;
        this.port = spec.isUnix() ? 0 : SocketAddress.port(address);
        this.file = file;
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

    /** Closes it, and removes its file if that is still the one it made. Processes keep the copies they inherited. */
    void close(Posix posix) {
        if (file != null) {
            file.remove(); // first: while the socket is open, its inode cannot be another's
        }
        posix.close(fd);
        shares.values().forEach(each -> each.close(posix));
    }

    /** The line that describes it to who speaks papa's language: what is not set is left out. */
    String describe() {
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
    String describeQuoted() {
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
        line.append(" reuseport=").append(spec.isPerProcess() ? "process" : spec.reusePort() ? "1" : "0");
        line.append(" nonblocking=").append(spec.nonBlocking() ? 1 : 0);
        return spec.isPerProcess()
                ? line.toString()
                : line.append(" fileno=").append(fd).toString();
    }
}
