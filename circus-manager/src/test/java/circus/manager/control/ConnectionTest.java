package circus.manager.control;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.command.Caller;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import zmq.Msg;

/** What one peer may take up. */
class ConnectionTest {
    private static final Caller CALLER = new Caller(OptionalInt.of(7), OptionalInt.of(8), "/run/c.sock");

    private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    private final AtomicInteger ends = new AtomicInteger();

    ConnectionTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        channel.close();
    }

    private Connection connection(Service service) {
        return new Connection(
                service,
                Optional.empty(),
                CALLER,
                channel,
                new Refusals(),
                moved -> {},
                ended -> ends.incrementAndGet());
    }

    private static Msg frame(int bytes) {
        return new Msg(new byte[bytes]);
    }

    private static Msg subscription(int kind) {
        return new Msg(new byte[] {(byte) kind, 'x'});
    }

    @Test
    void requests_that_nobody_looks_at_do_not_pile_up() {
        Connection connection = connection(Service.COMMANDS);
        for (int i = 0; i < 15; i++) {
            assertThat(connection.arrived(frame(1 << 20))).isTrue();
        }
        assertThat(connection.arrived(frame(1 << 20))).isFalse();
    }

    @Test
    void requests_that_are_looked_at_may_go_on_for_ever() {
        Connection connection = connection(Service.COMMANDS);
        for (int i = 0; i < 1000; i++) {
            assertThat(connection.arrived(frame(1 << 20))).isTrue();
            connection.taken(frame(1 << 20));
        }
    }

    @Test
    void a_message_of_endless_empty_frames_ends() {
        Connection connection = connection(Service.COMMANDS);
        int frames = 0;
        while (connection.arrived(frame(0))) {
            frames++;
        }
        assertThat(frames).isEqualTo((int) (Service.MOST_BYTES_WAITING / Service.FRAME_BYTES));
    }

    @Test
    void a_subscriber_may_subscribe_and_leave_and_nothing_else() {
        Connection connection = connection(Service.EVENTS);
        for (int i = 0; i < 3 * Service.MOST_SUBSCRIPTIONS; i++) {
            assertThat(connection.arrived(subscription(1))).isTrue();
            assertThat(connection.arrived(subscription(0))).isTrue();
        }
        assertThat(connection.arrived(subscription(2))).isFalse();
        assertThat(connection.arrived(frame(0))).isFalse();
    }

    @Test
    void nobody_is_ended_of_whom_something_waits_to_be_read_or_to_whom_something_is_to_go() throws IOException {
        Path folder = Files.createTempDirectory("circus-test-");
        Path path = folder.resolve("peer");
        try (ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            door.bind(UnixDomainSocketAddress.of(path));
            channel.connect(UnixDomainSocketAddress.of(path));
            try (SocketChannel peer = door.accept()) {
                Connection connection = connection(Service.COMMANDS);
                assertThat(connection.isBusy()).isFalse();

                peer.write(ByteBuffer.wrap(new byte[3]));
                assertThat(connection.isBusy()).isTrue();
                assertThat(channel.read(ByteBuffer.allocate(8))).isEqualTo(3);
                assertThat(connection.isBusy()).isFalse();

                connection.replying(5);
                assertThat(connection.isBusy()).isTrue();
                connection.left(frame(5));
                assertThat(connection.isBusy()).isFalse();
            }
        } finally {
            Files.deleteIfExists(path);
            Files.delete(folder);
        }
    }

    @Test
    void subscriptions_are_bounded() {
        Connection connection = connection(Service.EVENTS);
        for (int i = 0; i < Service.MOST_SUBSCRIPTIONS; i++) {
            assertThat(connection.arrived(subscription(1))).isTrue();
        }
        assertThat(connection.arrived(subscription(1))).isFalse();
    }

    @Test
    void it_is_told_by_who_it_is() {
        assertThat(connection(Service.COMMANDS)).hasToString("/run/c.sock, uid 7, pid 8");
    }

    @Test
    void its_end_is_told() {
        Connection connection = connection(Service.COMMANDS);
        assertThat(connection.isSettled()).isFalse();
        connection.ended();
        assertThat(connection.isSettled()).isTrue();
        assertThat(ends).hasValue(1);
    }
}
