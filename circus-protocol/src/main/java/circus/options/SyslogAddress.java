package circus.options;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a syslog takes messages.
 *
 * @param host of a remote one; the path of the socket of a local one
 * @param port 0 for a local one
 */
public record SyslogAddress(Transport transport, String host, int port) {
    /** How messages get there. */
    public enum Transport {
        UDP,
        TCP,
        LOCAL
    }

    /** Where a machine's own is. */
    public static final SyslogAddress LOCAL = new SyslogAddress(Transport.LOCAL, "/dev/log", 0);

    private static final Pattern REMOTE =
            Pattern.compile("(udp|tcp)://(\\[[0-9A-Fa-f:.%]+]|[^\\[\\]:/\\s]+)(?::([0-9]{1,5}))?/?");

    /** Reads {@code udp://HOST[:514]}, {@code tcp://HOST[:601]}, or an absolute path, with {@code unix://} in front or not. */
    public static SyslogAddress parse(String text) throws BadValueException {
        String address = text.strip();
        String path = address.startsWith("unix://") ? address.substring("unix://".length()) : address;
        if (path.startsWith("/")) {
            return new SyslogAddress(Transport.LOCAL, path, 0);
        }
        Matcher remote = REMOTE.matcher(address);
        if (remote.matches()) {
            Transport transport = Transport.valueOf(remote.group(1).toUpperCase(Locale.ROOT));
            int usual = transport == Transport.UDP ? 514 : 601;
            int port = remote.group(3) == null ? usual : Integer.parseInt(remote.group(3));
            if (port > 0 && port <= 65_535) {
                return new SyslogAddress(transport, remote.group(2), port);
            }
        }
        throw new BadValueException("'" + text + "' is not udp://HOST:PORT, tcp://HOST:PORT or the path of a socket");
    }

    /** The number of a facility, as messages have it. */
    public static int facility(String name) {
        return StreamTypes.facility(name);
    }

    @Override
    public String toString() {
        return transport == Transport.LOCAL
                ? host
                : transport.name().toLowerCase(Locale.ROOT) + "://" + host + ":" + port;
    }
}
