package circus.manager.control;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** What an endpoint's text means for who listens there. A value; any thread. */
sealed interface ListenAddress {
    /** Room of {@code sun_path}, without its final zero (unix(7)). */
    int LONGEST_PATH_BYTES = 107;

    /** All interfaces of IPv4, as ZeroMQ has it. */
    String ANY = "0.0.0.0";

    /** {@code tcp://HOST:PORT}; 0 or {@code *} lets the system choose the port, and the host {@code *} stands for all of this machine's. */
    record Tcp(InetSocketAddress address) implements ListenAddress {}

    /** {@code ipc://PATH}. */
    record Unix(Path path) implements ListenAddress {}

    static ListenAddress of(String endpoint) throws CannotListenException {
        if (endpoint.startsWith("tcp://")) {
            return tcp(endpoint, endpoint.substring("tcp://".length()));
        }
        if (endpoint.startsWith("ipc://")) {
            return unix(endpoint, endpoint.substring("ipc://".length()));
        }
        throw cannot(endpoint, "only tcp://HOST:PORT and ipc://PATH can be served");
    }

    private static Tcp tcp(String endpoint, String place) throws CannotListenException {
        int colon = place.lastIndexOf(':');
        String host = colon < 0 ? "" : place.substring(0, colon);
        if (host.isEmpty()) {
            throw cannot(endpoint, "it must be tcp://HOST:PORT");
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            InetAddress address = InetAddress.getByName(host.equals("*") ? ANY : host);
            String port = place.substring(colon + 1);
            return new Tcp(new InetSocketAddress(address, port.equals("*") ? 0 : Integer.parseInt(port)));
        } catch (UnknownHostException unknown) {
            throw cannot(endpoint, "there is no host '" + host + "'");
        } catch (IllegalArgumentException noPort) {
            throw cannot(endpoint, "a port is a number from 0 to 65535");
        }
    }

    private static Unix unix(String endpoint, String text) throws CannotListenException {
        if (text.isEmpty() || text.equals("*")) {
            throw cannot(endpoint, "give the path of the socket, since clients must know it");
        }
        if (text.startsWith("@")) {
            throw cannot(
                    endpoint,
                    "a name without a file has neither owner nor mode, so that anybody could take or use it; give a path");
        }
        Path path;
        try {
            path = Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException notPath) {
            throw cannot(endpoint, notPath.getReason());
        }
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_PATH_BYTES) {
            throw cannot(
                    endpoint,
                    "the path has " + length + " bytes, at most " + LONGEST_PATH_BYTES
                            + " are possible; choose a shorter one");
        }
        return new Unix(path);
    }

    private static CannotListenException cannot(String endpoint, String why) {
        return new CannotListenException("cannot listen on " + endpoint + ": " + why);
    }
}
