package circus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import circus.message.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against the peers that it will meet: libzmq's ROUTER and PUB. */
@Timeout(60)
class PyzmqTest {
    private static final String ANY_PORT = "tcp://127.0.0.1:*";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    private Path directory;

    private static Request request(String command, Map<String, Object> properties) {
        return new Request(CircusClient.freshId(), command, properties, false);
    }

    @Test
    void a_thousand_one_shot_calls_over_tcp_are_all_answered() throws Exception {
        aThousandOneShotCalls(ANY_PORT);
    }

    @Test
    void a_thousand_one_shot_calls_over_a_unix_socket_are_all_answered() throws Exception {
        aThousandOneShotCalls("ipc://" + directory.resolve("control.sock"));
    }

    private static void aThousandOneShotCalls(String bindTo) throws Exception {
        try (PythonPeer peer = new PythonPeer("router", bindTo)) {
            for (long n = 0; n < 1000; n++) {
                try (CircusClient client = new CircusClient(peer.endpoint())) {
                    Answer answer = client.call(request("list", Map.of("n", n)), LIMIT);
                    assertThat(answer.fields()).containsEntry("echo", Map.of("n", n));
                }
            }
        }
    }

    @Test
    void a_thousand_one_shot_casts_all_arrive() throws Exception {
        try (PythonPeer peer = new PythonPeer("router", ANY_PORT)) {
            List<String> received = new ArrayList<>();
            for (int n = 0; n < 1000; n++) {
                try (CircusClient client = new CircusClient(peer.endpoint())) {
                    client.cast(new Request(null, "stop", Map.of("n", n), true), LIMIT);
                }
                received.add(peer.line());
            }
            assertThat(received).hasSize(1000).doesNotHaveDuplicates().contains("cast {\"n\": 999}");
        }
    }

    @Test
    void one_connection_carries_many_calls_and_large_ones() throws Exception {
        try (PythonPeer peer = new PythonPeer("router", ANY_PORT);
                CircusClient client = new CircusClient(peer.endpoint())) {
            for (int size : List.of(0, 1, 100, 254, 255, 256, 65_536, 5_000_000, 3)) {
                Answer answer = client.call(request("large", Map.of("size", size)), LIMIT);
                assertThat((String) answer.fields().get("text")).hasSize(size);
            }
            String long_ = "y".repeat(2_000_000);
            assertThat(client.call(request("list", Map.of("name", long_)), LIMIT)
                            .fields())
                    .containsEntry("echo", Map.of("name", long_));
        }
    }

    @Test
    void heartbeats_keep_a_slow_call_alive() throws Exception {
        try (PythonPeer peer = new PythonPeer("heartbeat", ANY_PORT);
                CircusClient client = new CircusClient(peer.endpoint())) {
            for (int n = 0; n < 2; n++) {
                Answer answer = client.call(request("slow", Map.of("seconds", 0.5)), LIMIT);
                assertThat(answer.isError()).isFalse();
            }
        }
    }

    @Test
    void a_server_that_wants_keys_is_told_at_once() throws Exception {
        try (PythonPeer peer = new PythonPeer("curve", ANY_PORT);
                CircusClient client = new CircusClient(peer.endpoint())) {
            assertThat(catchThrowableOfType(CallException.class, () -> client.call(request("list", Map.of()), LIMIT)))
                    .hasMessage(
                            "cannot use " + peer.endpoint() + ": it wants the security mechanism CURVE; give keys with"
                                    + " --curve FILE, or in CIRCUSCTL_CURVE");
        }
    }

    @Test
    void a_pub_socket_is_no_control_endpoint_and_a_router_publishes_nothing() throws Exception {
        try (PythonPeer pub = new PythonPeer("pub", ANY_PORT);
                PythonPeer router = new PythonPeer("router", ANY_PORT);
                CircusClient caller = new CircusClient(pub.endpoint());
                CircusClient listener = new CircusClient(router.endpoint())) {
            assertThat(catchThrowableOfType(CallException.class, () -> caller.call(request("list", Map.of()), LIMIT)))
                    .hasMessage("cannot use " + pub.endpoint() + ": its socket type is XPUB, not ROUTER");
            assertThat(catchThrowableOfType(
                            CallException.class, () -> listener.subscribe(List.of(), (topic, body) -> true)))
                    .hasMessage("cannot use " + router.endpoint() + ": its socket type is ROUTER, not PUB");
        }
    }

    @Test
    void all_events_of_a_topic_come_in_order_and_no_others() throws Exception {
        aThousandEvents(ANY_PORT);
        aThousandEvents("ipc://" + directory.resolve("pub.sock"));
    }

    private static void aThousandEvents(String bindTo) throws Exception {
        try (PythonPeer peer = new PythonPeer("pub", bindTo);
                CircusClient client = new CircusClient(peer.endpoint())) {
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
    void a_peer_that_starts_late_is_reached_all_the_same() throws Exception {
        String endpoint = "ipc://" + directory.resolve("late.sock");
        try (CircusClient client = new CircusClient(endpoint)) {
            CallException tooEarly = catchThrowableOfType(
                    CallException.class, () -> client.call(request("list", Map.of()), Duration.ofMillis(100)));
            assertThat(tooEarly.isTimedOut()).isTrue();
            try (PythonPeer peer = new PythonPeer("router", endpoint)) {
                assertThat(client.call(request("list", Map.of()), LIMIT).isError())
                        .as(peer.endpoint())
                        .isFalse();
            }
        }
    }
}
