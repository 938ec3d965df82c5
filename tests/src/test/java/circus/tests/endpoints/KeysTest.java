package circus.tests.endpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Daemon;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CURVE: libzmq's clients, with keys that pyzmq has made. */
@ExtendWith(HomeExtension.class)
class KeysTest {
    private static final String ASK = "{\"command\": \"numwatchers\", \"id\": 1}";

    private static final String MAKE_KEYS = """
            import os, sys, zmq.auth
            os.umask(0o077)
            os.makedirs("clients")
            for name in ("server", "alice", "mallory"):
                zmq.auth.create_certificates(".", name)
            os.rename("alice.key", "clients/alice.key")
            """;

    private final Home home;

    KeysTest(Home home) {
        this.home = home;
    }

    @BeforeEach
    void makeKeys() {
        DebianPython.requireZmq();
        Commands.run(
                        Duration.ofSeconds(20),
                        new ProcessBuilder(DebianPython.PROGRAM, "-c", MAKE_KEYS)
                                .directory(home.directory().toFile()))
                .mustSucceed();
        assertThat(home.path("clients/alice.key")).matches(Files::exists);
    }

    private List<String> with(String own, String server) {
        return List.of("env", "PEER_KEYS=" + home.path(own + ".key_secret") + " " + home.path(server + ".key"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "ipc"})
    void only_who_has_a_known_key_and_knows_the_servers_is_served(String transport) {
        Circus plain = home.circus(
                "keys",
                "curve_server_key = server.key_secret\ncurve_clients = clients\n",
                "[watcher:web]\ncmd = sleep 1000\n");
        Circus circus = transport.equals("tcp") ? plain : plain.atUnixSockets();
        Daemon manager = circus.start();

        assertThat(Peer.run(home, with("alice", "server"), circus.endpoint(), "dealer", ASK))
                .contains("\"numwatchers\": 1, \"id\": 1}");
        assertThat(Peer.run(home, with("alice", "mallory"), circus.endpoint(), "dealer", ASK))
                .isEqualTo("nothing");
        assertThat(Peer.run(home, with("mallory", "server"), circus.endpoint(), "dealer", ASK))
                .isEqualTo("nothing");
        assertThat(manager.errors()).contains("is not one of curve_clients");
        assertThat(Peer.run(home, List.of(), circus.endpoint(), "dealer", ASK)).isEqualTo("nothing");

        assertThat(Peer.run(home, with("mallory", "server"), circus.eventEndpoint(), "sub", "", "1"))
                .isEqualTo("nothing");
        assertThat(Peer.run(home, List.of(), circus.eventEndpoint(), "sub", "", "1"))
                .isEqualTo("nothing");
        try (Peer subscriber =
                Peer.start(home, with("alice", "server"), circus.eventEndpoint(), "sub", "watcher.web.spawn", "1")) {
            Peer.run(
                    home,
                    with("alice", "server"),
                    circus.endpoint(),
                    "req",
                    "{\"command\": \"restart\", \"properties\": {\"name\": \"web\"}}");
            assertThat(subscriber.line()).isEqualTo("watcher.web.spawn");
        }
    }

    @Test
    void keys_count_as_before_when_another_circusd_has_taken_over() {
        Circus circus = home.circus(
                "keys",
                "curve_server_key = server.key_secret\ncurve_clients = clients\n",
                "[watcher:web]\ncmd = sleep 1000\n");
        circus.start();
        try (Peer subscriber =
                Peer.start(home, with("alice", "server"), circus.eventEndpoint(), "sub", "watcher.web.spawn", "2")) {
            ask(circus, "{\"command\": \"upgrade\", \"properties\": {\"probation\": 30}}");
            await("another one serves")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> ask(circus, "{\"command\": \"upgrade\", \"properties\": {\"look\": true}}")
                            .contains("\"step\": \"probation\""));

            assertThat(ask(circus, ASK)).contains("\"numwatchers\": 1, \"id\": 1}");
            assertThat(Peer.run(home, with("mallory", "server"), circus.endpoint(), "dealer", ASK))
                    .isEqualTo("nothing");
            assertThat(Peer.run(home, List.of(), circus.endpoint(), "dealer", ASK))
                    .isEqualTo("nothing");
            ask(circus, "{\"command\": \"restart\", \"properties\": {\"name\": \"web\"}}");
            assertThat(subscriber.line()).isEqualTo("watcher.web.spawn");
        }
    }

    private String ask(Circus circus, String request) {
        return Peer.run(home, with("alice", "server"), circus.endpoint(), "dealer", request);
    }
}
