package circus.client;

import static circus.client.FakePeer.greeting;
import static circus.client.FakePeer.readFrame;
import static circus.client.FakePeer.send;
import static circus.client.FakePeer.shakeHands;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import circus.message.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class CircusClientTest {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(150);

    private static Request request(String id) {
        return new Request(id, "list", Map.of(), false);
    }

    private static CallException failure(String endpoint, Duration limit) {
        try (CircusClient client = new CircusClient(endpoint)) {
            return catchThrowableOfType(CallException.class, () -> client.call(request("1"), limit));
        }
    }

    @Test
    void a_call_returns_the_reply_with_its_id_and_drops_the_others() throws Exception {
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
                    shakeHands(in, out, "ROUTER");
                    readFrame(in);
                    send(out, "{\"status\": \"ok\", \"n\": 1, \"id\": \"other\"}");
                    send(out, "{\"status\": \"ok\", \"n\": 2, \"id\": null}");
                    send(out, "{\"status\": \"ok\", \"n\": 3, \"id\": \"mine\"}");
                    in.read();
                });
                CircusClient client = new CircusClient(peer.endpoint())) {
            assertThat(client.call(request("mine"), LONG).fields()).containsEntry("n", 3L);
        }
    }

    @Test
    void a_call_without_an_id_takes_the_first_reply() throws Exception {
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
                    shakeHands(in, out, "ROUTER");
                    readFrame(in);
                    send(out, "{\"status\": \"error\", \"reason\": \"no\", \"id\": null}");
                    in.read();
                });
                CircusClient client = new CircusClient(peer.endpoint())) {
            Answer answer = client.call(new Request(null, "list", Map.of(), false), LONG);
            assertThat(answer.isError()).isTrue();
            assertThat(answer.reason()).isEqualTo("no");
        }
    }

    @Test
    void a_late_reply_is_not_taken_for_that_of_the_next_call_without_an_id() throws Exception {
        CountDownLatch timedOut = new CountDownLatch(1);
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
                    shakeHands(in, out, "ROUTER");
                    readFrame(in);
                    if (connection == 0) {
                        await(timedOut);
                    }
                    send(out, "{\"status\": \"ok\", \"n\": " + connection + "}");
                    in.read();
                });
                CircusClient client = new CircusClient(peer.endpoint())) {
            Request anonymous = new Request(null, "list", Map.of(), false);
            assertThat(catchThrowableOfType(CallException.class, () -> client.call(anonymous, SHORT))
                            .isTimedOut())
                    .isTrue();
            timedOut.countDown();
            assertThat(client.call(anonymous, LONG).fields()).containsEntry("n", 1L);
        }
    }

    @Test
    void bytes_that_come_one_by_one_make_the_same_reply() throws Exception {
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
                    for (byte b : greeting(1, "NULL")) {
                        out.write(b);
                        out.flush();
                    }
                    in.readFully(new byte[64]);
                    for (byte b : ZmtpCommand.ready("ROUTER").encode().array()) {
                        out.write(b);
                        out.flush();
                    }
                    readFrame(in);
                    readFrame(in);
                    String reply = "{\"status\": \"ok\", \"id\": \"1\", \"x\": \"" + "y".repeat(300) + "\"}";
                    for (byte b : ZmtpFrame.message(reply.getBytes(StandardCharsets.UTF_8))
                            .encode()
                            .array()) {
                        out.write(b);
                        out.flush();
                    }
                    in.read();
                });
                CircusClient client = new CircusClient(peer.endpoint())) {
            assertThat(client.call(request("1"), LONG).fields()).containsEntry("x", "y".repeat(300));
        }
    }

    @Test
    void a_ping_is_answered_with_its_context_while_a_reply_is_awaited() throws Exception {
        AtomicReference<String> pong = new AtomicReference<>("");
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
                    shakeHands(in, out, "ROUTER");
                    readFrame(in);
                    byte[] ping = "\4PING\0\12context".getBytes(StandardCharsets.ISO_8859_1);
                    out.write(new ZmtpFrame(false, true, ping).encode().array());
                    pong.set(new String(readFrame(in), StandardCharsets.ISO_8859_1));
                    send(out, "{\"status\": \"ok\", \"id\": \"1\"}");
                    in.read();
                });
                CircusClient client = new CircusClient(peer.endpoint())) {
            client.call(request("1"), LONG);
            assertThat(pong).hasValue("\4PONGcontext");
        }
    }

    @Test
    void of_a_reply_in_several_frames_the_last_one_counts() throws Exception {
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
                    shakeHands(in, out, "ROUTER");
                    readFrame(in);
                    out.write(new ZmtpFrame(true, false, new byte[0]).encode().array());
                    send(out, "{\"status\": \"ok\", \"id\": \"1\"}");
                    in.read();
                });
                CircusClient client = new CircusClient(peer.endpoint())) {
            assertThat(client.call(request("1"), LONG).isError()).isFalse();
        }
    }

    @Test
    void a_peer_that_does_not_listen_yet_is_tried_until_it_does() throws Exception {
        int port;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        String endpoint = "tcp://127.0.0.1:" + port;
        assertThat(failure(endpoint, SHORT).isTimedOut()).isTrue();
        assertThat(failure(endpoint, SHORT)).hasMessageContaining(endpoint).hasMessageContaining("refused");
    }

    @Test
    void a_peer_that_drops_the_connection_before_the_request_is_tried_again() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
                    if (connection < 2) {
                        return;
                    }
                    shakeHands(in, out, "ROUTER");
                    readFrame(in);
                    requests.incrementAndGet();
                    send(out, "{\"status\": \"ok\", \"id\": \"1\"}");
                    in.read();
                });
                CircusClient client = new CircusClient(peer.endpoint())) {
            client.call(request("1"), LONG);
        }
        assertThat(requests).hasValue(1);
    }

    @Test
    void a_request_that_was_sent_is_not_sent_again_when_the_connection_is_lost() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
            shakeHands(in, out, "ROUTER");
            readFrame(in);
            requests.incrementAndGet();
        })) {
            CallException lost = failure(peer.endpoint(), LONG);
            assertThat(lost.isTimedOut()).isFalse();
            assertThat(lost).hasMessageStartingWith("cannot tell what became of 'list': " + peer.endpoint());
        }
        assertThat(requests).hasValue(1);
    }

    @Test
    void a_connection_that_was_closed_while_idle_is_replaced() throws Exception {
        LinkedBlockingQueue<Integer> served = new LinkedBlockingQueue<>();
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
                    shakeHands(in, out, "ROUTER");
                    readFrame(in);
                    send(out, "{\"status\": \"ok\", \"id\": \"1\"}");
                    served.add(connection);
                });
                CircusClient client = new CircusClient(peer.endpoint())) {
            client.call(request("1"), LONG);
            assertThat(served.poll(10, TimeUnit.SECONDS)).isZero();
            // The end of the first connection may be on its way still: then the call says so, and the one after it gets
            // through.
            try {
                client.call(request("1"), LONG);
            } catch (CallException lost) {
                client.call(request("1"), LONG);
            }
            assertThat(served.poll(10, TimeUnit.SECONDS)).isOne();
        }
    }

    @Test
    void silence_times_out_before_and_after_the_handshake() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (FakePeer mute = new FakePeer((connection, in, out) -> await(done));
                FakePeer deaf = new FakePeer((connection, in, out) -> {
                    shakeHands(in, out, "ROUTER");
                    await(done);
                })) {
            assertThat(failure(mute.endpoint(), SHORT).isTimedOut()).isTrue();
            assertThat(failure(deaf.endpoint(), SHORT).isTimedOut()).isTrue();
            done.countDown();
        }
    }

    @Test
    void a_peer_that_is_no_zeromq_socket_is_told_at_once() throws Exception {
        try (FakePeer web = new FakePeer((connection, in, out) -> {
            out.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            in.read();
        })) {
            assertThat(failure(web.endpoint(), LONG))
                    .hasMessage("cannot use " + web.endpoint() + ": it does not speak ZeroMQ's protocol");
        }
    }

    @Test
    void a_peer_that_wants_keys_is_told_at_once() throws Exception {
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
            out.write(greeting(1, "CURVE"));
            in.read();
        })) {
            assertThat(failure(peer.endpoint(), LONG))
                    .hasMessage(
                            "cannot use " + peer.endpoint() + ": it wants the security mechanism CURVE; give keys with"
                                    + " --curve FILE, or in CIRCUSCTL_CURVE");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUB", "SUB", "PULL"})
    void a_socket_of_the_wrong_type_is_told_at_once(String type) throws Exception {
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
            shakeHands(in, out, type);
            in.read();
        })) {
            assertThat(failure(peer.endpoint(), LONG))
                    .hasMessage("cannot use " + peer.endpoint() + ": its socket type is " + type + ", not ROUTER");
        }
    }

    @Test
    void a_frame_beyond_the_limit_ends_the_call_and_takes_no_memory() throws Exception {
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
            shakeHands(in, out, "ROUTER");
            readFrame(in);
            out.write(new byte[] {2, 0x7f, 0, 0, 0, 0, 0, 0, 0});
            in.read();
        })) {
            assertThat(failure(peer.endpoint(), LONG)).hasMessageContaining("more than the 67108864 allowed");
        }
    }

    @Test
    void a_message_of_endless_frames_ends_the_call() throws Exception {
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
            shakeHands(in, out, "ROUTER");
            readFrame(in);
            for (int i = 0; i < 100; i++) {
                out.write(new byte[] {1, 0});
            }
            in.read();
        })) {
            assertThat(failure(peer.endpoint(), LONG)).hasMessageContaining("beyond all limits");
        }
    }

    @Test
    void a_refusal_during_the_handshake_is_told_in_the_peers_words() throws Exception {
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
            out.write(greeting(0, "NULL"));
            byte[] error = "\5ERROR\12not for you".getBytes(StandardCharsets.ISO_8859_1);
            out.write(new ZmtpFrame(false, true, error).encode().array());
            in.read();
            in.readAllBytes();
        })) {
            assertThat(failure(peer.endpoint(), LONG)).hasMessageContaining("refused the connection: not for you");
        }
    }

    @Test
    void a_reply_that_is_no_json_object_is_told() throws Exception {
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
            shakeHands(in, out, "ROUTER");
            readFrame(in);
            send(out, "[1]");
            in.read();
        })) {
            assertThat(failure(peer.endpoint(), LONG))
                    .hasMessageContaining("cannot read the reply of " + peer.endpoint());
        }
    }

    @Test
    void an_unknown_host_is_told_at_once() {
        assertThat(failure("tcp://no-such-host.invalid:1", LONG))
                .hasMessage("cannot use tcp://no-such-host.invalid:1: unknown host");
    }

    @Test
    void an_interrupt_ends_a_call() throws Exception {
        AtomicReference<CallException> thrown = new AtomicReference<>();
        CountDownLatch served = new CountDownLatch(1);
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
            shakeHands(in, out, "ROUTER");
            readFrame(in);
            served.countDown();
            in.read();
        })) {
            Thread caller = new Thread(() -> thrown.set(failure(peer.endpoint(), LONG)));
            caller.start();
            await(served);
            caller.interrupt();
            caller.join();
            assertThat(thrown.get()).hasMessageContaining("interrupted");
        }
    }

    @Test
    void a_subscription_is_renewed_when_the_connection_is_lost() throws Exception {
        List<String> subscriptions = new ArrayList<>();
        try (FakePeer peer = new FakePeer((connection, in, out) -> {
            shakeHands(in, out, "PUB");
            subscriptions.add(new String(readFrame(in), StandardCharsets.UTF_8));
            out.write(new ZmtpFrame(true, false, "watcher.a.start".getBytes(StandardCharsets.UTF_8))
                    .encode()
                    .array());
            send(out, "{\"time\": " + connection + "}");
            if (connection == 2) {
                in.read();
            }
        })) {
            List<String> events = new ArrayList<>();
            try (CircusClient client = new CircusClient(peer.endpoint())) {
                client.subscribe(List.of("watcher.a."), (topic, body) -> {
                    events.add(topic + " " + new String(body, StandardCharsets.UTF_8));
                    return events.size() < 3;
                });
            }
            assertThat(events)
                    .containsExactly(
                            "watcher.a.start {\"time\": 0}",
                            "watcher.a.start {\"time\": 1}",
                            "watcher.a.start {\"time\": 2}");
            assertThat(subscriptions).containsExactly("\1watcher.a.", "\1watcher.a.", "\1watcher.a.");
        }
    }

    @Test
    void a_subscriber_is_told_that_nothing_publishes_and_may_give_up() throws Exception {
        int port;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        List<String> reasons = new ArrayList<>();
        try (CircusClient client = new CircusClient("tcp://127.0.0.1:" + port)) {
            client.subscribe(List.of(), new EventListener() {
                @Override
                public boolean event(String topic, byte[] body) {
                    return true;
                }

                @Override
                public boolean waiting(String reason) {
                    reasons.add(reason);
                    return false;
                }
            });
        }
        assertThat(reasons).containsExactly("Connection refused");
    }

    @Test
    void ids_are_32_hexadecimal_digits_and_differ() {
        assertThat(CircusClient.freshId()).matches("[0-9a-f]{32}").isNotEqualTo(CircusClient.freshId());
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }
}
