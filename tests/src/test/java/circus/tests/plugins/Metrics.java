package circus.tests.plugins;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A statsd server that keeps what it was sent, in the order in which it came. Any thread. */
final class Metrics implements AutoCloseable {
    private final DatagramSocket socket;
    private final List<String> came = new ArrayList<>();

    Metrics() {
        try {
            socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
            socket.setReceiveBufferSize(1 << 20);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Thread thread = new Thread(this::receive, "statsd");
        thread.setDaemon(true);
        thread.start();
    }

    private void receive() {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
                socket.receive(packet);
                synchronized (came) {
                    came.add(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
                }
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    List<String> all() {
        synchronized (came) {
            return List.copyOf(came);
        }
    }

    /** Without the prefix of this application's. */
    List<String> of(String application) {
        String prefix = "circus." + application + ".watcher.";
        return all().stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .toList();
    }

    void forget() {
        synchronized (came) {
            came.clear();
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
