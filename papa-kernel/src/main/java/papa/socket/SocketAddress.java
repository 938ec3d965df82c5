package papa.socket;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import papa.posix.Posix;
import papa.request.Refusal;
import papa.wire.Words;

/** Addresses as the system calls take them: {@code sockaddr_un}, {@code sockaddr_in}, {@code sockaddr_in6}. */
public final class SocketAddress {
    /** The longest path that fits, with the null byte behind it. */
    private static final int LONGEST_PATH = 107;

    private SocketAddress() {}

    /** For a path given as a byte string. */
    public static byte[] unix(String path) throws Refusal {
        if (path.length() > LONGEST_PATH) {
            throw new Refusal("cannot use the socket path " + Words.text(path) + ": it has " + path.length()
                    + " bytes, and " + LONGEST_PATH + " are the most that a Unix socket takes");
        }
        if (path.indexOf('\0') >= 0) {
            throw new Refusal("cannot use the socket path " + Words.text(path) + ": it has a null byte in it");
        }
        byte[] address = new byte[2 + path.length() + 1];
        address[0] = Posix.AF_UNIX;
        for (int i = 0; i < path.length(); i++) {
            address[2 + i] = (byte) path.charAt(i);
        }
        return address;
    }

    /** Looks the host up, which may take long, and takes its first address of the wanted family. */
    static byte[] resolve(SocketSpec spec) throws Refusal {
        boolean six = spec.family().equals("inet6");
        InetAddress found;
        try {
            found = Arrays.stream(InetAddress.getAllByName(Words.text(spec.host())))
                    .filter(each -> six ? each instanceof Inet6Address : each instanceof Inet4Address)
                    .findFirst()
                    .orElseThrow(() -> new UnknownHostException(spec.host()));
        } catch (UnknownHostException unknown) {
            throw new SocketFailure(
                    spec,
                    "[Errno -2] Name or service not known",
                    ": host " + Words.text(spec.host()) + " has no address of family " + spec.family());
        }
        byte[] bytes = found.getAddress();
        ByteBuffer address = ByteBuffer.allocate(six ? 28 : 16);
        address.order(ByteOrder.nativeOrder()).putShort(0, (short) (six ? Posix.AF_INET6 : Posix.AF_INET));
        address.order(ByteOrder.BIG_ENDIAN).putShort(2, (short) spec.port());
        address.put(six ? 8 : 4, bytes);
        if (found instanceof Inet6Address inet6) {
            address.order(ByteOrder.nativeOrder()).putInt(24, inet6.getScopeId()); // of a link-local address
        }
        return address.array();
    }

    /** The port in a {@code sockaddr_in} or {@code sockaddr_in6}. */
    static int port(byte[] address) {
        return ((address[2] & 0xff) << 8) | (address[3] & 0xff);
    }

    /** The host in a {@code sockaddr_in} or {@code sockaddr_in6}, in numbers. */
    static String host(byte[] address) {
        try {
            byte[] ip = address.length == 28 ? Arrays.copyOfRange(address, 8, 24) : Arrays.copyOfRange(address, 4, 8);
            return InetAddress.getByAddress(ip).getHostAddress();
        } catch (UnknownHostException impossible) {
            return "?";
        }
    }
}
