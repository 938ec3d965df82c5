package circus.manager.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.manager.arbiter.House;
import circus.manager.audit.Audit;
import circus.manager.command.Commands;
import circus.manager.command.Reception;
import circus.manager.command.Rights;
import circus.manager.stats.StatsReader;
import circus.manager.watcher.Stage;
import circus.message.Event;
import circus.message.EventKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames over real sockets: a thread of the test stands for circus-loop. */
@Timeout(30)
class ControllerTest {
    private final House house = new House();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean publishing = new AtomicBoolean();
    private final CountDownLatch bound = new CountDownLatch(1);
    private final String endpoint = "tcp://127.0.0.1:" + freePort();
    private final String pubsub = "tcp://127.0.0.1:" + freePort();
    private final Thread loop = new Thread(this::serve);

    ControllerTest() throws IOException {}

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void serve() {
        house.add("web", Stage.options());
        try (Endpoints endpoints =
                        new Endpoints(endpoint, pubsub, Access.of(Optional.empty(), false, Optional.empty()));
                Selector selector = Selector.open()) {
            bound.countDown();
            Reception reception = new Reception(
                    new Commands(
                            house.arbiter,
                            new StatsReader(Runnable::run, house),
                            house.changes,
                            house.whereabouts,
                            house.eventsCommand,
                            house.tails,
                            () -> {}),
                    house.arbiter,
                    new Rights(Optional.empty(), false, 0),
                    Audit.NONE,
                    house);
            Controller controller = new Controller(endpoints, reception, house);
            EventPublisher publisher = new EventPublisher(endpoints, house.journal);
            endpoints.register(selector);
            while (!ended.get()) {
                if (!endpoints.hasRequests()) {
                    selector.select(10);
                    selector.selectedKeys().clear();
                }
                controller.onReadable();
                house.settle();
                controller.release();
                if (publishing.get()) {
                    publisher.accept(Event.of("Shelly Two", EventKind.START, Instant.ofEpochSecond(7)));
                }
            }
        } catch (CannotListenException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() throws InterruptedException {
        loop.start();
        assertThat(bound.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void end() throws InterruptedException {
        ended.set(true);
        loop.join();
    }

    @Test
    void a_dealer_sends_one_frame_and_gets_one() throws IOException {
        try (RawPeer dealer = new RawPeer(endpoint, "DEALER")) {
            dealer.send("{\"command\": \"numwatchers\", \"id\": 1}");
            assertThat(dealer.receive()).singleElement().asString().contains("\"numwatchers\": 1, \"id\": 1}");
        }
    }

    @Test
    void a_req_gets_its_empty_frame_back() throws IOException {
        try (RawPeer req = new RawPeer(endpoint, "REQ")) {
            req.send("", "{\"command\": \"numwatchers\"}");
            assertThat(req.receive())
                    .hasSize(2)
                    .startsWith("")
                    .last()
                    .asString()
                    .contains("\"numwatchers\": 1");
        }
    }

    @Test
    void another_number_of_frames_is_dropped_and_the_next_request_served() throws IOException {
        try (RawPeer dealer = new RawPeer(endpoint, "DEALER")) {
            dealer.send("x", "x", "x", "x", "x", "{\"command\": \"numwatchers\"}");
            dealer.send("x", "{\"command\": \"numwatchers\"}");
            dealer.send("{\"command\": \"numwatchers\", \"id\": \"after\"}");
            assertThat(dealer.receive()).singleElement().asString().contains("\"id\": \"after\"");
            assertThat(dealer.hearsNothing()).isTrue();
        }
    }

    @Test
    void whatever_is_sent_is_answered() throws IOException {
        try (RawPeer dealer = new RawPeer(endpoint, "DEALER")) {
            dealer.send("garbage");
            assertThat(dealer.receive().get(0)).contains("\"reason\": \"json invalid\"", "\"errno\": 1, \"id\": null");
            dealer.send("");
            assertThat(dealer.receive().get(0)).contains("\"reason\": \"empty command\"", "\"errno\": 3");
            dealer.send("[1, 2]");
            assertThat(dealer.receive().get(0)).contains("\"errno\": 3");
            dealer.send("{\"command\": \"bogus\", \"id\": 11}");
            assertThat(dealer.receive().get(0))
                    .contains("\"reason\": \"unknown command: 'bogus'\"", "\"errno\": 2, \"id\": 11");
            dealer.send("{\"command\": \"list\", \"properties\": null, \"id\": 12}");
            assertThat(dealer.receive().get(0)).contains("\"errno\": 3, \"id\": 12");
        }
    }

    @Test
    void a_cast_is_carried_out_and_never_answered() throws IOException {
        try (RawPeer dealer = new RawPeer(endpoint, "DEALER")) {
            dealer.send("{\"command\": \"start\", \"properties\": {\"name\": \"web\"}, \"msg_type\": \"cast\"}");
            dealer.send("{\"command\": \"bogus\", \"msg_type\": \"cast\"}");
            assertThat(dealer.hearsNothing()).isTrue();
            dealer.send("{\"command\": \"numprocesses\"}");
            assertThat(dealer.receive().get(0)).contains("\"numprocesses\": 1");
        }
    }

    /** JeroMQ takes the first of these for a length below zero, and went on in the middle of it for ever. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "8000000000000000",
                "ffffffffffffffff",
                "80000000ffffffff",
                "800000007fffffff",
                "4000000000000000"
            })
    void a_frame_that_says_to_be_huge_ends_its_connection_and_no_other(String length) throws IOException {
        int port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
        byte[] greeting = HexFormat.of().parseHex("ff00000000000000017f03004e554c4c" + "00".repeat(48));
        try (Socket hostile = new Socket(InetAddress.getLoopbackAddress(), port)) {
            hostile.getOutputStream().write(greeting);
            hostile.getOutputStream().write(HexFormat.of().parseHex("06" + length + "00".repeat(64)));
            assertThat(hostile.getInputStream().readAllBytes())
                    .as("until it is closed")
                    .hasSizeLessThan(200);
        }
        try (RawPeer dealer = new RawPeer(endpoint, "DEALER")) {
            dealer.send("{\"command\": \"numwatchers\", \"id\": 1}");
            assertThat(dealer.receive()).singleElement().asString().contains("\"id\": 1");
        }
    }

    /** Who is gone before he is looked up could be taken for another; and a browser can be made to post to any port. */
    @ParameterizedTest
    @ValueSource(strings = {"zmtp 1", "zmtp 2", "http"})
    void nobody_is_heard_without_a_handshake(String how) throws IOException {
        String body = "{\"command\": \"numwatchers\", \"id\": \"" + "x".repeat(60) + "\"}";
        String frame = HexFormat.of().formatHex(body.getBytes(StandardCharsets.US_ASCII));
        String bytes = switch (how) {
            case "zmtp 1" -> "0100" + String.format("%02x", body.length() + 1) + "00" + frame;
            case "zmtp 2" -> "ff00000000000000017f0105" + "0000" + "00" + String.format("%02x", body.length()) + frame;
            default ->
                HexFormat.of()
                        .formatHex(("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n" + body)
                                .getBytes(StandardCharsets.US_ASCII));
        };
        int port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
        try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), port)) {
            stranger.setSoTimeout(10_000);
            stranger.getOutputStream().write(HexFormat.of().parseHex(bytes));
            byte[] told = stranger.getInputStream().readAllBytes();
            assertThat(new String(told, StandardCharsets.ISO_8859_1)).doesNotContain("numwatchers");
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    @Test
    void events_are_published_in_two_frames() throws IOException {
        try (RawPeer subscriber = new RawPeer(pubsub, "SUB")) {
            subscriber.send("\1watcher.shelly_two.");
            publishing.set(true);
            assertThat(subscriber.receive())
                    .containsExactly("watcher.shelly_two.start", "{\"time\": 7.0, \"seq\": 1795208400000000}");
        }
    }

    @Test
    void an_endpoint_in_use_is_named_with_the_cause() {
        assertThatThrownBy(() -> new Endpoints(endpoint, pubsub, Access.of(Optional.empty(), false, Optional.empty())))
                .isInstanceOf(CannotListenException.class)
                .hasMessage("cannot listen on " + endpoint + ": the address is in use by process "
                        + ProcessHandle.current().pid() + " (java)");
        assertThatThrownBy(() -> new Endpoints(
                        "udp://127.0.0.1:1", pubsub, Access.of(Optional.empty(), false, Optional.empty())))
                .hasMessage("cannot listen on udp://127.0.0.1:1: only tcp://HOST:PORT and ipc://PATH can be served");
    }
}
