package circus.manager.control;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The system's tables of TCP connections, /proc/net/tcp and tcp6 (proc(5)). Any thread that may wait for files. */
final class TcpTable {
    private static final Pattern BLANKS = Pattern.compile(" +");
    private static final String MAPPED = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
            ? "0000000000000000FFFF0000"
            : "00000000000000000000FFFF";

    /** Columns behind the two addresses. */
    private static final int STATE = 0;

    private static final String ESTABLISHED = "01";

    private static final int UID = 4;

    private static final int INODE = 6;

    private TcpTable() {}

    /** How a table may show the socket with these two addresses: its own first. One for IPv6 may have a mapped address, ::ffff:127.0.0.1. */
    static List<String> words(InetSocketAddress own, InetSocketAddress other) {
        String plain = word(own, "") + " " + word(other, "");
        boolean both4 = own.getAddress() instanceof Inet4Address && other.getAddress() instanceof Inet4Address;
        return both4 ? List.of(plain, word(own, MAPPED) + " " + word(other, MAPPED)) : List.of(plain);
    }

    /** The address as numbers in the machine's order, the port in that of people. */
    private static String word(InetSocketAddress address, String prefix) {
        StringBuilder text = new StringBuilder(prefix);
        InetAddress host = address.getAddress();
        ByteBuffer bytes = ByteBuffer.wrap(host.getAddress()).order(ByteOrder.nativeOrder());
        while (bytes.hasRemaining()) {
            text.append(String.format(Locale.ROOT, "%08X", bytes.getInt()));
        }
        return text.append(String.format(Locale.ROOT, ":%04X", address.getPort()))
                .toString();
    }

    /**
     * The uids of the sockets that the table shows by one of these words. One that its process has closed already is shown as root's; it
     * is known by its inode, which is 0, and left out.
     *
     * @param most how many can be found: behind the last of them nothing is read, and a table may be long
     * @throws IOException if the table cannot be read or understood
     */
    static Map<String, Integer> uids(BufferedReader table, Collection<String> words, int most) throws IOException {
        Map<String, Integer> found = new HashMap<>();
        for (String line = table.readLine(); line != null; line = found.size() < most ? table.readLine() : null) {
            int begin = line.indexOf(": ") + 2;
            int blank = line.indexOf(' ', begin);
            int end = blank < 0 ? -1 : line.indexOf(' ', blank + 1);
            if (begin < 2 || end < 0 || !words.contains(line.substring(begin, end))) {
                continue;
            }
            String[] columns = BLANKS.split(line.substring(end).strip());
            // Not of one that is closing: another may have its port by now.
            if (columns.length > INODE && columns[STATE].equals(ESTABLISHED) && !columns[INODE].equals("0")) {
                found.put(line.substring(begin, end), uid(columns[UID]));
            }
        }
        return found;
    }

    private static int uid(String column) throws IOException {
        try {
            return Integer.parseUnsignedInt(column);
        } catch (NumberFormatException strange) {
            throw new IOException("cannot understand the uid '" + column + "'", strange);
        }
    }
}
