package circus.manager.config;

import circus.options.OptionValues;
import circus.options.SocketFamily;
import circus.options.SocketOptions;
import circus.options.SocketType;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One {@code [socket:NAME]} section.
 *
 * @param name in lower case
 * @param options the values of {@link SocketOptions}
 */
public record SocketConfig(String name, OptionValues options) {
    private static final int TCP = 6;
    private static final int UDP = 17;

    /** The family that counts: a path makes it a Unix socket, whatever {@code family} says. */
    public SocketFamily family() {
        return options.get(SocketOptions.PATH).isPresent() ? SocketFamily.AF_UNIX : options.get(SocketOptions.FAMILY);
    }

    /** Whether each worker is to have a socket of its own. */
    public boolean isPerWorker() {
        return options.get(SocketOptions.SO_REUSEPORT) && canBePerWorker();
    }

    /** A path can be bound once only, and what has no ports shares none. */
    boolean canBePerWorker() {
        SocketType type = type();
        return family() != SocketFamily.AF_UNIX && (type == SocketType.SOCK_STREAM || type == SocketType.SOCK_DGRAM);
    }

    /** The type that counts: among Unix sockets, Linux makes no difference between raw ones and those for datagrams. */
    public SocketType type() {
        SocketType given = options.get(SocketOptions.TYPE);
        return given == SocketType.SOCK_RAW && family() == SocketFamily.AF_UNIX ? SocketType.SOCK_DGRAM : given;
    }

    /** The number of the protocol; 0 for the one that the type has anyway. */
    public int protocol() {
        int number = options.get(SocketOptions.PROTO)
                .map(Protocols::number)
                .orElse(OptionalInt.empty())
                .orElse(0);
        boolean anyway = number == (type() == SocketType.SOCK_STREAM ? TCP : type() == SocketType.SOCK_DGRAM ? UDP : 0);
        return anyway && family() != SocketFamily.AF_UNIX ? 0 : number;
    }

    /** Where it is, for people: its path, or host and port as configured. */
    public String address() {
        if (family() == SocketFamily.AF_UNIX) {
            return path().map(Object::toString).orElse("");
        }
        String host = options.get(SocketOptions.HOST);
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + options.get(SocketOptions.PORT);
    }

    /** The absolute path of a Unix socket; a relative one counts from circusd's own directory. */
    public Optional<Path> path() {
        return options.get(SocketOptions.PATH).map(path -> Path.of(path).toAbsolutePath());
    }
}
