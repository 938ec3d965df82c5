package circus.manager.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that leave the endpoints of one circusd, and go on at those of another. Both are in this process; so the descriptor is the same. */
@Timeout(60)
class MovedTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final String endpoint = "tcp://127.0.0.1:" + freePort();
    private final Endpoints former = open(endpoint);
    private final Endpoints next = open("tcp://127.0.0.1:" + freePort());
    private final List<Moved> gone = new ArrayList<>();

    MovedTest() throws IOException, CannotListenException {}

    private static Endpoints open(String endpoint) throws IOException, CannotListenException {
        return new Endpoints(
                endpoint, "tcp://127.0.0.1:" + freePort(), Access.of(Optional.empty(), false, Optional.empty()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterEach
    void close() {
        former.close();
        next.close();
    }

    /** The next request, whatever it says. */
    private static Incoming request(Endpoints at) {
        RequestSocket socket = new RequestSocket(at);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            if (at.hasRequests()) {
                Incoming incoming = socket.receive();
                if (incoming != null) {
                    return incoming;
                }
            }
            LockSupport.parkNanos(1_000_000);
        }
        throw new AssertionError("no request has come");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void answer(Endpoints at, String text) {
        Incoming incoming = request(at);
        new RequestSocket(at).reply(incoming, bytes(new String(incoming.body(), StandardCharsets.UTF_8) + text));
    }

    /** Whether one leaves within so many milliseconds; it goes on at the other one. */
    private boolean moves(long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() < deadline) {
            former.hasRequests();
            former.move();
            Moved moved = former.moved();
            if (moved != null) {
                gone.add(moved);
                try {
                    next.resume(moved.number(), moved.identity());
                } catch (IOException closed) {
                    throw new AssertionError(closed);
                }
                return true;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return false;
    }

    private static void await(BooleanSupplier what) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!what.getAsBoolean() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(what.getAsBoolean()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "somebody", "é\u0001"})
    void a_connection_goes_on_at_another_circusd(String identity) throws IOException {
        try (RawPeer peer = new RawPeer(endpoint, "DEALER", identity)) {
            peer.send("one");
            answer(former, " former");
            assertThat(peer.receive()).containsExactly("one former");

            assertThat(moves(LIMIT.toMillis())).isTrue();

            for (int i = 0; i < 100; i++) {
                peer.send("two");
                answer(next, " next");
                assertThat(peer.receive()).containsExactly("two next");
            }
            assertThat(next.connections()).isOne();
            await(() -> !former.hasRequests() && former.connections() == 0);
        }
    }

    @Test
    void a_peer_that_waits_for_an_answer_gets_it_before() throws IOException {
        try (RawPeer peer = new RawPeer(endpoint, "REQ", "")) {
            peer.send("", "one");
            Incoming incoming = request(former);
            assertThat(moves(300)).isFalse();

            new RequestSocket(former).reply(incoming, bytes("first"));
            assertThat(peer.receive()).containsExactly("", "first");

            assertThat(moves(LIMIT.toMillis())).isTrue();
            peer.send("", "three");
            answer(next, " next");
            assertThat(peer.receive()).containsExactly("", "three next");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 12})
    void half_a_request_stays_where_it_is_until_it_is_whole(int bytes) throws IOException {
        try (RawPeer peer = new RawPeer(endpoint, "DEALER", "x")) {
            byte[] frame = RawPeer.frame(0, bytes("one and another one"));
            peer.write(frame, 0, bytes);
            assertThat(peer.hearsNothing()).isTrue(); // so much time for JeroMQ to read it
            assertThat(moves(100)).isFalse();
            peer.write(frame, bytes, frame.length - bytes);
            answer(former, "");
            assertThat(peer.receive()).containsExactly("one and another one");
            assertThat(moves(LIMIT.toMillis())).isTrue();
        }
    }

    @Test
    void half_a_message_stays_and_one_that_makes_no_sense_does_not_keep_it() throws IOException {
        try (RawPeer peer = new RawPeer(endpoint, "DEALER", "x")) {
            byte[] frame = RawPeer.frame(1, bytes("of five"));
            peer.write(frame, 0, frame.length);
            assertThat(peer.hearsNothing()).isTrue();
            assertThat(moves(100)).isFalse();
            peer.send("frames", "that", "make", "no sense");
            RequestSocket socket = new RequestSocket(former);
            await(() -> former.hasRequests());
            assertThat(socket.receive()).isNull();
            assertThat(moves(LIMIT.toMillis())).isTrue();
        }
    }

    @Test
    void what_is_sent_while_it_moves_arrives_once() throws IOException {
        try (RawPeer peer = new RawPeer(endpoint, "DEALER", "x")) {
            peer.send("one");
            answer(former, "");
            peer.receive();
            former.move();
            Moved moved = null;
            while (moved == null) {
                LockSupport.parkNanos(1_000_000);
                moved = former.moved();
            }
            for (int i = 0; i < 50; i++) {
                peer.send("late " + i);
            }
            next.resume(moved.number(), moved.identity());
            for (int i = 0; i < 50; i++) {
                answer(next, "");
                assertThat(peer.receive()).containsExactly("late " + i);
            }
            assertThat(former.hasRequests()).isFalse();
        }
    }

    @Test
    void the_former_one_lets_go_and_the_peer_notices_nothing_until_the_other_one_ends_it() throws IOException {
        try (RawPeer peer = new RawPeer(endpoint, "DEALER", "x")) {
            peer.send("one");
            answer(former, "");
            peer.receive();
            assertThat(moves(LIMIT.toMillis())).isTrue();
            former.dismiss(Duration.ZERO, true);
            peer.send("two");
            answer(next, "");
            peer.receive();

            next.dismiss(Duration.ZERO, true);

            assertThatThrownBy(peer::receive).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void one_that_asks_whether_somebody_is_there_is_told_at_both() throws IOException {
        byte[] ping = RawPeer.frame(RawPeer.COMMAND, bytes("\4PING\0\0"));
        try (RawPeer peer = new RawPeer(endpoint, "DEALER", "x")) {
            peer.write(ping, 0, ping.length);
            assertThat(peer.receive()).containsExactly("\4PONG");
            assertThat(moves(LIMIT.toMillis())).isTrue();
            peer.write(ping, 0, ping.length);
            assertThat(peer.receive()).containsExactly("\4PONG");
            peer.send("one");
            answer(next, "");
            assertThat(peer.receive()).containsExactly("one");
        }
    }

    @Test
    void one_that_has_never_asked_moves_too() throws IOException {
        try (RawPeer peer = new RawPeer(endpoint, "DEALER", "")) {
            assertThat(moves(LIMIT.toMillis())).isTrue();
            peer.send("never asked before");
            answer(next, "");
            assertThat(peer.receive()).containsExactly("never asked before");
        }
    }
}
