package circus.manager.config;

import circus.options.OptionValues;
import circus.options.SocketFamily;
import circus.options.SocketOptions;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One {@code [socket:NAME]} section.
 *
 * @param name in lower case
 * @param options the values of {@link SocketOptions}
 */
public record SocketConfig(String name, OptionValues options) {
    /** The family that counts: a path makes it a Unix socket, whatever {@code family} says. */
    public SocketFamily family() {
        return options.get(SocketOptions.PATH).isPresent() ? SocketFamily.AF_UNIX : options.get(SocketOptions.FAMILY);
    }

    /** Whether each worker is to have a socket of its own; a path can be bound once only. */
    public boolean isPerWorker() {
        return options.get(SocketOptions.SO_REUSEPORT) && family() != SocketFamily.AF_UNIX;
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
