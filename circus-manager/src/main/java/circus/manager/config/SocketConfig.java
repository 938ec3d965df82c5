package circus.manager.config;

import circus.options.OptionValues;
import circus.options.SocketFamily;
import circus.options.SocketOptions;

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
}
