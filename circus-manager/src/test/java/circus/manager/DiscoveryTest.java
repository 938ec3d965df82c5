package circus.manager;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** contract/events-and-stats.md, section 6, with real datagrams. */
@Timeout(30)
class DiscoveryTest {
    private static final String GROUP = "237.219.251.97";
    private static final String ANSWER = "{\"endpoint\": \"tcp://127.0.0.1:16655\"}";

    /** Long enough for an answer on any machine; where there is to be none, it is no measure of anything. */
    private static final int ANSWER_MILLIS = 5_000;

    private static final int SILENCE_MILLIS = 200;

    private final int port = freePort();
    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private @Nullable Discovery discovery;

    DiscoveryTest() throws IOException {}

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @BeforeEach
    void begin() {
        discovery = Discovery.begin("udp://" + GROUP + ":" + port, "tcp://127.0.0.1:16655")
                .orElseThrow();
    }

    @AfterEach
    void end() {
        if (discovery != null) {
            discovery.close();
        }
    }

    private static void send(DatagramSocket socket, InetAddress to, int port, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(to, port)));
    }

    private static String receive(DatagramSocket socket, int millis) throws IOException {
        socket.setSoTimeout(millis);
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException silence) {
            return "silence";
        }
        return new String(packet.getData(), 0, packet.getLength(), UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"\"", "x", "{\"endpoints\": 1}"})
    void a_datagram_of_any_content_is_answered_to_its_sender(String content) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, loopback)) {
            send(socket, loopback, port, content);
            assertThat(receive(socket, ANSWER_MILLIS)).isEqualTo(ANSWER);
        }
    }

    @Test
    void one_that_is_long_is_answered_once() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, loopback)) {
            send(socket, loopback, port, "x".repeat(1024));
            assertThat(receive(socket, ANSWER_MILLIS)).isEqualTo(ANSWER);
            send(socket, loopback, port, "x".repeat(60_000));
            assertThat(receive(socket, ANSWER_MILLIS)).isEqualTo(ANSWER);
            assertThat(receive(socket, SILENCE_MILLIS)).isEqualTo("silence");
        }
    }

    @Test
    void all_who_are_in_the_group_answer() throws IOException {
        try (Discovery second = Discovery.begin("udp://" + GROUP + ":" + port, "ipc:///run/b.sock")
                        .orElseThrow();
                DatagramSocket socket = new DatagramSocket(0, loopback)) {
            assertThat(second).isNotNull();
            socket.setOption(StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByInetAddress(loopback));
            send(socket, InetAddress.getByName(GROUP), port, "\"\"");
            assertThat(new String[] {receive(socket, ANSWER_MILLIS), receive(socket, ANSWER_MILLIS)})
                    .containsExactlyInAnyOrder(ANSWER, "{\"endpoint\": \"ipc:///run/b.sock\"}");
        }
    }

    @Test
    void an_answer_is_not_answered() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, loopback)) {
            send(socket, loopback, port, ANSWER);
            assertThat(receive(socket, SILENCE_MILLIS)).isEqualTo("silence");
            send(socket, loopback, port, "");
            assertThat(receive(socket, ANSWER_MILLIS)).isEqualTo(ANSWER);
        }
    }

    @Test
    void who_asks_without_end_gets_few_answers() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, loopback)) {
            for (int i = 0; i < 10 * Discovery.MOST_ANSWERS; i++) {
                send(socket, loopback, port, "");
            }
            int count = 0;
            while (receive(socket, SILENCE_MILLIS).equals(ANSWER)) {
                count++;
            }
            // Should the second end meanwhile, there are as many once more.
            assertThat(count).isBetween(1, 2 * Discovery.MOST_ANSWERS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "none", "None", "udp://10.0.0.1:1", "udp://no.such.host.invalid:1"})
    void off_and_impossible_are_no_reason_not_to_start(String group) {
        assertThat(Discovery.begin(group, "tcp://127.0.0.1:1")).isEmpty();
    }
}
