package papa.socket;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import papa.posix.Posix;
import papa.wire.Words;

/** A socket that papa was started with; bound, and listening unless it is for datagrams. Does not change. */
final class InheritedSocket {
    private static final int PATH_AT = 2;

    final int fd;
    /** In LISTEN_FDNAMES; may be empty. */
    final String name;

    final int domain;
    final int type;
    final byte[] address;

    InheritedSocket(int fd, String name, int domain, int type, byte[] address) {
        this.fd = fd;
        this.name = name;
        this.domain = domain;
        this.type = type;
        this.address = address.clone();
    }

    /** One that was taken for what a request wanted. */
    static InheritedSocket of(SocketSpec spec, int fd, String name, byte[] address) {
        int domain = spec.isUnix() ? Posix.AF_UNIX : spec.family().equals("inet6") ? Posix.AF_INET6 : Posix.AF_INET;
        int type = switch (spec.type()) {
            case "dgram" -> Posix.SOCK_DGRAM;
            case "seqpacket" -> Posix.SOCK_SEQPACKET;
            default -> Posix.SOCK_STREAM;
        };
        return new InheritedSocket(fd, name, domain, type, address);
    }

    boolean isUnix() {
        return domain == Posix.AF_UNIX;
    }

    /** Of a Unix socket; in the abstract name space it begins with an at sign, empty if it has none. */
    String path() {
        int end = PATH_AT;
        boolean isAbstract = address.length > PATH_AT && address[PATH_AT] == 0;
        while (end < address.length && (isAbstract || address[end] != 0)) {
            end++;
        }
        String text = new String(address, PATH_AT, Math.max(0, end - PATH_AT), StandardCharsets.ISO_8859_1);
        return isAbstract ? "@" + text.substring(1) : text;
    }

    int port() {
        return isUnix() ? 0 : SocketAddress.port(address);
    }

    private String family() {
        return isUnix() ? "unix" : domain == Posix.AF_INET6 ? "inet6" : "inet";
    }

    private String kind() {
        return switch (type) {
            case Posix.SOCK_DGRAM -> "dgram";
            case Posix.SOCK_SEQPACKET -> "seqpacket";
            default -> "stream";
        };
    }

    /** Whether it is of the kind that is asked for. */
    boolean isLike(SocketSpec spec) {
        return spec.family().equals(family()) && spec.type().equals(kind());
    }

    /** Whether it is bound to that address, a {@code sockaddr_in} or {@code sockaddr_in6}: port, host, and zone of a host. */
    boolean isAt(byte[] wanted) {
        return domain == Posix.AF_INET6
                ? wanted.length == 28
                        && Arrays.equals(address, 2, 4, wanted, 2, 4)
                        && Arrays.equals(address, 8, 28, wanted, 8, 28)
                : wanted.length == 16 && Arrays.equals(address, 2, 8, wanted, 2, 8);
    }

    boolean isAtAllAddresses() {
        return domain == Posix.AF_INET6 && Arrays.equals(address, 8, 24, new byte[16], 0, 16);
    }

    /** Where it is, as people write it. */
    String place() {
        if (isUnix()) {
            return path();
        }
        String host = SocketAddress.host(address);
        return (domain == Posix.AF_INET6 ? "[" + host + "]" : host) + ":" + port();
    }

    /** A line for who looks at what is held: it has no name of ours yet. */
    String describe() {
        StringBuilder line = new StringBuilder("\"\"");
        line.append(" family=").append(family()).append(" type=").append(kind()).append(' ');
        if (isUnix()) {
            line.append(Words.quote("path", path()));
        } else {
            line.append("address=")
                    .append(SocketAddress.host(address))
                    .append(" port=")
                    .append(port());
        }
        return line.append(' ')
                .append(Words.quote("inherited", name))
                .append(" fileno=")
                .append(fd)
                .toString();
    }
}
