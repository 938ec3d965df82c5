package papa.door;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The system's tables of TCP connections, /proc/net/tcp and tcp6 (proc(5)). Any thread that may wait for files. */
final class TcpTable {
    private static final Pattern BLANKS = Pattern.compile(" +");
    private static final String MAPPED = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
            ? "0000000000000000FFFF0000"
            : "00000000000000000000FFFF";
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int UID = 7;
    private static final int INODE = 9;

    private TcpTable() {}

    /**
     * The uid of the socket with these two addresses (struct sockaddr_in), or {@link Guard#UNKNOWN} where there is none, or
     * its process has closed it.
     */
    static int uid(Path table, byte[] local, byte[] remote) throws IOException {
        String localWord = word(local);
        String remoteWord = word(remote);
        try (BufferedReader lines = Files.newBufferedReader(table, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.contains(localWord)) {
                    continue;
                }
                String[] words = BLANKS.split(line.strip());
                if (words.length > INODE && isSame(words[LOCAL], localWord) && isSame(words[REMOTE], remoteWord)) {
                    return words[INODE].equals("0") ? Guard.UNKNOWN : Integer.parseInt(words[UID]);
                }
            }
        } catch (NumberFormatException strange) {
            throw new IOException("cannot understand " + table + ": " + strange.getMessage(), strange);
        }
        return Guard.UNKNOWN;
    }

    /** A socket for IPv6 may have a mapped address, ::ffff:127.0.0.1. */
    private static boolean isSame(String shown, String word) {
        return shown.equals(word) || shown.equals(MAPPED + word);
    }

    /** The address as a number in the machine's order, the port in that of people. */
    private static String word(byte[] address) {
        int host = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).getInt(4);
        int port = ByteBuffer.wrap(address).getShort(2) & 0xffff;
        return String.format("%08X:%04X", host, port);
    }
}
