package circus.options;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The endpoints that a daemon of ours can bind: {@code tcp://HOST:PORT} and {@code ipc://PATH}, and {@code udp://ADDRESS:PORT} for
 * discovery. Pure functions; any thread.
 */
final class Endpoint {
    private static final Pattern TCP = Pattern.compile("tcp://([^:/\\s]+|\\[[0-9a-fA-F:.%]+\\]):([0-9]{1,5}|\\*)");
    private static final Pattern UDP = Pattern.compile("udp://[^:/\\s]+:([0-9]{1,5})/?");
    private static final String IPC = "ipc://";

    private Endpoint() {}

    static String checked(String text) throws BadValueException {
        if (!isOne(text)) {
            throw new BadValueException("'" + text + "' is not an endpoint (tcp://HOST:PORT or ipc://PATH)");
        }
        return text;
    }

    static boolean isOne(String text) {
        if (text.startsWith(IPC)) {
            return text.length() > IPC.length();
        }
        Matcher tcp = TCP.matcher(text);
        return tcp.matches() && (tcp.group(2).equals("*") || Integer.parseInt(tcp.group(2)) <= 65535);
    }

    /** Nothing and {@code none} switch discovery off. Whether the address is one of a group shows when it is bound, as in Circus. */
    static String checkedDiscovery(String text) throws BadValueException {
        if (!isDiscovery(text)) {
            throw new BadValueException("'" + text + "' is not an endpoint of discovery (udp://ADDRESS:PORT, or none)");
        }
        return text;
    }

    static boolean isDiscovery(String text) {
        Matcher udp = UDP.matcher(text);
        return text.isBlank()
                || text.strip().equalsIgnoreCase("none")
                || (udp.matches() && Integer.parseInt(udp.group(1)) <= 65535);
    }
}
