package circus.manager.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.manager.control.Access;
import circus.manager.control.CannotListenException;
import circus.manager.control.Descriptors;
import circus.manager.control.Endpoints;
import circus.manager.control.RawPeer;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import papa.passing.PassingSocket;

/** Connections of one circusd on their way to another, which does not always take them. Both are in this process. */
@Timeout(60)
class PassageTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private final String endpoint = "tcp://127.0.0.1:" + freePort();
    private final Endpoints former = open(endpoint);
    private final Endpoints next = open("tcp://127.0.0.1:" + freePort());
    private SocketChannel ours;
    private SocketChannel theirs;
    private Passage passage;

    PassageTest() throws IOException, CannotListenException {}

    private static Endpoints open(String endpoint) throws IOException, CannotListenException {
        return new Endpoints(
                endpoint, "tcp://127.0.0.1:" + freePort(), Access.of(Optional.empty(), false, Optional.empty()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @BeforeEach
    void connect() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("passage"));
        try (ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            door.bind(address);
            theirs = SocketChannel.open(address);
            ours = door.accept();
        }
        passage = new Passage(ours);
    }

    @AfterEach
    void close() throws IOException {
        passage.close();
        theirs.close();
        former.close();
        next.close();
    }

    private void receive() throws IOException {
        int number = PassingSocket.duplicate(Descriptors.number(theirs));
        PassingSocket socket = PassingSocket.of(number);
        new Thread(() -> Passage.receive(socket, next)).start();
    }

    private static void await(BooleanSupplier what) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!what.getAsBoolean() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(what.getAsBoolean()).isTrue();
    }

    /** Until that connection has left the former one, whether or not it has arrived. */
    private void carry() {
        await(() -> {
            former.hasRequests();
            passage.carry(former);
            return former.connections() == 0;
        });
    }

    @Test
    void where_nobody_takes_connections_any_more_they_end_and_none_waits() throws IOException {
        theirs.close();
        try (RawPeer peer = new RawPeer(endpoint, "DEALER", "x")) {
            carry();
            passage.carry(former);
            assertThat(passage.isLoaded()).isFalse();
            assertThatThrownBy(peer::receive).isInstanceOf(EOFException.class);
        }
        try (RawPeer peer = new RawPeer(endpoint, "DEALER", "x")) {
            passage.carry(former);
            await(() -> former.connections() == 1); // it is served until the farewell ends it
        }
    }

    @Test
    void where_it_is_full_they_wait() throws IOException {
        ByteBuffer much = ByteBuffer.allocate(1 << 20);
        while (ours.write(much) > 0) {
            much.clear();
        }
        try (RawPeer peer = new RawPeer(endpoint, "DEALER", "x")) {
            carry();
            assertThat(passage.isLoaded()).isTrue();
            theirs.configureBlocking(false);
            await(() -> {
                try {
                    much.clear();
                    boolean isEmpty = theirs.read(much) <= 0;
                    passage.carry(former);
                    return isEmpty && !passage.isLoaded();
                } catch (IOException broken) {
                    throw new AssertionError(broken);
                }
            });
        }
    }

    /** More descriptors come than it takes, which to recvmsg(2) is the same as no room for one. */
    @Test
    void one_that_does_not_arrive_keeps_no_other_from_arriving() throws IOException {
        receive();
        PassingSocket raw = PassingSocket.of(Descriptors.number(ours));
        int[] some = new int[9];
        Arrays.fill(some, Descriptors.number(ours));
        raw.send("clost".getBytes(StandardCharsets.US_ASCII), some);
        try (RawPeer peer = new RawPeer(endpoint, "DEALER", "x")) {
            carry();
            await(() -> next.connections() == 1);
            peer.send("still here");
            await(next::hasRequests);
        }
    }
}
