package circus.plugins;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Receives what is sent to statsd, and does nothing with it. One thread. */
final class StatsdServer implements AutoCloseable {
    private static final Duration TO_COME = Duration.ofSeconds(10);

    private final DatagramSocket socket;

    StatsdServer() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setReceiveBufferSize(1 << 20);
    }

    int port() {
        return socket.getLocalPort();
    }

    /** The options by which a plugin finds it, and more. */
    Map<String, String> options(String... more) {
        Map<String, String> options = new LinkedHashMap<>(Map.of("host", "127.0.0.1", "port", "" + port()));
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return options;
    }

    /** Waits for so many metrics. */
    List<String> receive(int count) throws IOException {
        List<String> came = new ArrayList<>();
        socket.setSoTimeout((int) TO_COME.toMillis());
        while (came.size() < count) {
            try {
                came.add(next());
            } catch (SocketTimeoutException late) {
                throw new AssertionError("only these came: " + came, late);
            }
        }
        return came;
    }

    /** What is there already, or comes within a moment. */
    List<String> rest() throws IOException {
        List<String> came = new ArrayList<>();
        socket.setSoTimeout(300);
        while (true) {
            try {
                came.add(next());
            } catch (SocketTimeoutException noMore) {
                return came;
            }
        }
    }

    private String next() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        socket.close();
    }
}
