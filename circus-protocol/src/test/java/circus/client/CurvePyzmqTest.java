package circus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import circus.curve.CurveKey;
import circus.curve.KeyFile;
import circus.curve.KeyPair;
import circus.message.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our client with keys against libzmq's own CURVE server and pyzmq's own certificates and authenticator. */
@Timeout(60)
class CurvePyzmqTest {
    private static final String ANY_PORT = "tcp://127.0.0.1:*";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    private Path directory;

    /** A server and alice, whom it knows; mallory it does not know. */
    @BeforeEach
    void make() throws Exception {
        Files.createDirectory(directory.resolve("clients"));
        new KeyPair().write(directory.resolve("server"), Optional.empty());
        Optional<CurveKey> server =
                Optional.of(KeyFile.read(directory.resolve("server.key")).publicKey());
        new KeyPair().write(directory.resolve("clients/alice"), server);
        new KeyPair().write(directory.resolve("mallory"), server);
        new KeyPair().write(directory.resolve("stranger"), Optional.empty());
    }

    private KeyFile keys(String name) throws Exception {
        return KeyFile.readClient(directory.resolve(name + ".key_secret"));
    }

    private PythonPeer peer(String mode, String bindTo) throws Exception {
        return new PythonPeer(mode, bindTo, directory.toString());
    }

    private static Request request(String command, Map<String, Object> properties) {
        return new Request(CircusClient.freshId(), command, properties, false);
    }

    private static String failure(CircusClient client) {
        CallException failure =
                catchThrowableOfType(CallException.class, () -> client.call(request("list", Map.of()), LIMIT));
        assertThat(failure.isTimedOut()).isFalse();
        return String.valueOf(failure.getMessage());
    }

    @Test
    void calls_of_all_sizes_are_answered_over_tcp_and_a_unix_socket() throws Exception {
        for (String bindTo : List.of(ANY_PORT, "ipc://" + directory.resolve("c.sock"))) {
            try (PythonPeer peer = peer("curve", bindTo);
                    CircusClient client = new CircusClient(peer.endpoint(), keys("clients/alice"))) {
                for (int size : List.of(0, 1, 100, 222, 223, 224, 255, 256, 65_536, 5_000_000, 3)) {
                    Answer answer = client.call(request("large", Map.of("size", size)), LIMIT);
                    assertThat((String) answer.fields().get("text")).hasSize(size);
                }
                String large = "y".repeat(2_000_000);
                assertThat(client.call(request("list", Map.of("name", large)), LIMIT)
                                .fields())
                        .containsEntry("echo", Map.of("name", large));
            }
        }
    }

    @Test
    void many_one_shot_calls_are_all_answered() throws Exception {
        try (PythonPeer peer = peer("curve", ANY_PORT)) {
            for (long n = 0; n < 100; n++) {
                try (CircusClient client = new CircusClient(peer.endpoint(), keys("clients/alice"))) {
                    assertThat(client.call(request("list", Map.of("n", n)), LIMIT)
                                    .fields())
                            .containsEntry("echo", Map.of("n", n));
                }
            }
        }
    }

    @Test
    void events_come_over_curve_too() throws Exception {
        try (PythonPeer peer = peer("curve-pub", ANY_PORT);
                CircusClient client = new CircusClient(peer.endpoint(), keys("clients/alice"))) {
            List<String> events = new ArrayList<>();
            client.subscribe(List.of("watcher.web."), (topic, body) -> {
                events.add(topic + " " + new String(body, StandardCharsets.UTF_8));
                return events.size() < 1000;
            });
            assertThat(peer.line()).isEqualTo("subscribed watcher.web.");
            for (int n = 0; n < 1000; n++) {
                assertThat(events.get(n)).isEqualTo("watcher.web.spawn {\"n\": " + n + "}");
            }
        }
    }

    @Test
    void who_is_not_known_and_who_means_another_server_is_told_so_at_once() throws Exception {
        String refused =
                ": it hung up when it saw our keys: its public key is not the server-public-key that we have, or our"
                        + " public key is not among its curve_clients";
        try (PythonPeer peer = peer("curve", ANY_PORT);
                CircusClient mallory = new CircusClient(peer.endpoint(), keys("mallory"))) {
            assertThat(failure(mallory))
                    .isIn(
                            "cannot use " + peer.endpoint() + refused,
                            "cannot use " + peer.endpoint() + ": it refused the connection: 400");
            KeyFile alice = keys("clients/alice");
            KeyFile wrong = new KeyFile(
                    alice.publicKey(),
                    alice.secretKey(),
                    Optional.of(keys("mallory").publicKey()));
            try (CircusClient astray = new CircusClient(peer.endpoint(), wrong)) {
                assertThat(failure(astray)).isEqualTo("cannot use " + peer.endpoint() + refused);
            }
        }
    }

    @Test
    void nothing_is_sent_to_a_server_without_keys() throws Exception {
        try (PythonPeer peer = peer("router", ANY_PORT);
                CircusClient client = new CircusClient(peer.endpoint(), keys("clients/alice"))) {
            assertThat(failure(client))
                    .isEqualTo("cannot use " + peer.endpoint()
                            + ": it has no keys (security mechanism NULL), and would be told"
                            + " everything in plain text; leave out --curve if that is right");
        }
    }
}
