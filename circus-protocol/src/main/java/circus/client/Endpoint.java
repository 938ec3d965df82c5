package circus.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;

/** Where a ZeroMQ socket is: {@code tcp://HOST:PORT} or {@code ipc://PATH}. A value; any thread. */
record Endpoint(String text) {
    private static final String TCP = "tcp://";
    private static final String IPC = "ipc://";

    /** What fits into sockaddr_un, unix(7). */
    private static final int MAX_PATH_BYTES = 107;

    Endpoint {
        if (text.getBytes(StandardCharsets.UTF_8).length > IPC.length() + MAX_PATH_BYTES && text.startsWith(IPC)) {
            throw new IllegalArgumentException(
                    "cannot use endpoint '" + text + "': its path is longer than " + MAX_PATH_BYTES + " bytes");
        }
        if (text.startsWith(TCP)) {
            port(text);
        } else if (!text.startsWith(IPC) || text.length() == IPC.length() || text.charAt(IPC.length()) == '@') {
            throw malformed(text);
        }
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "cannot use endpoint '" + text + "': expected tcp://HOST:PORT or ipc://PATH");
    }

    private static int port(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < TCP.length() ? "" : text.substring(TCP.length(), colon);
        if (host.isEmpty() || host.equals("*")) {
            throw malformed(text);
        }
        try {
            int port = Integer.parseInt(text, colon + 1, text.length(), 10);
            if (port > 0 && port < 65_536) {
                return port;
            }
        } catch (NumberFormatException notNumeric) {
            // Told below, together with the numbers that are no ports.
        }
        throw malformed(text);
    }

    /** The addresses to try, in order. */
    List<SocketAddress> addresses() throws IOException {
        if (text.startsWith(IPC)) {
            try {
                return List.of(UnixDomainSocketAddress.of(text.substring(IPC.length())));
            } catch (InvalidPathException notPath) {
                throw new UnknownHostException(notPath.getMessage());
            }
        }
        String host = text.substring(TCP.length(), text.lastIndexOf(':'));
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        List<SocketAddress> addresses = new ArrayList<>();
        for (InetAddress address : InetAddress.getAllByName(host)) {
            addresses.add(new InetSocketAddress(address, port(text)));
        }
        return addresses;
    }

    @Override
    public String toString() {
        return text;
    }
}
