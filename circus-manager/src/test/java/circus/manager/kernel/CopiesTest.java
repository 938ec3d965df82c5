package circus.manager.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import papa.client.Hello;
import papa.wire.FrameEncoder;

/** What is held of copies, as a kernel tells whether they are complete. */
@Timeout(60)
final class CopiesTest {
    private static final String LEASE = "circus.web";
    private static final String ALL = "circus.other pid=1 missing=7 lingering=0 why=x\n" + line(0, 0);

    @TempDir
    Path folder;

    private Kernel kernel;
    private SocketChannel former;

    private static String line(int missing, int lingering) {
        return LEASE + " pid=1 missing=" + missing + " lingering=" + lingering + " why=\"the socket is full\"\n";
    }

    /** It answers any number of connections: with these words to {@code copies show}, as often as it may. */
    private static final class Kernel implements AutoCloseable {
        final Path path;
        final List<String> requests = new CopyOnWriteArrayList<>();
        final Semaphore mayShow = new Semaphore(0);
        final List<String> shown = new CopyOnWriteArrayList<>();
        private final ServerSocketChannel server;

        Kernel(Path path) throws IOException {
            this.path = path;
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(path));
            start(this::accept);
        }

        private static void start(Runnable serving) {
            Thread thread = new Thread(serving, "kernel-with-copies");
            thread.setDaemon(true);
            thread.start();
        }

        private void accept() {
            try {
                while (true) {
                    SocketChannel connection = server.accept();
                    start(() -> serve(connection));
                }
            } catch (IOException closed) {
                return; // the test is over
            }
        }

        private void serve(SocketChannel connection) {
            try (connection) {
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.ISO_8859_1));
                send(connection, "Papa is home. Type \"help\" for commands.\n> ");
                lines.readLine();
                send(
                        connection,
                        "papa 0.2.0 wire=1 instance=0123456789abcdef pid=1 started=1 capabilities=quoted,framed\n> ");
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    String request = line.substring(line.indexOf(' ') + 1);
                    String text = request.equals("copies show") ? show() : "";
                    requests.add(request);
                    byte[] body = text.getBytes(StandardCharsets.UTF_8);
                    ByteBuffer reply = ByteBuffer.allocate(FrameEncoder.HEADER_ROOM + body.length + 1);
                    FrameEncoder.reply(reply, true, line.substring(0, line.indexOf(' ')), body.length);
                    connection.write(
                            reply.put(body).put(FrameEncoder.PAYLOAD_END).flip());
                }
            } catch (IOException gone) {
                return; // whoever asked
            }
        }

        /** The next, or the last once more. */
        private String show() {
            mayShow.acquireUninterruptibly();
            return shown.size() > 1 ? shown.remove(0) : shown.get(0);
        }

        private static void send(SocketChannel connection, String text) throws IOException {
            connection.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
        }

        int count(String request) {
            return (int) requests.stream().filter(request::equals).count();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    @BeforeEach
    void start() throws IOException {
        kernel = new Kernel(folder.resolve("k"));
        former = SocketChannel.open(UnixDomainSocketAddress.of(kernel.path));
    }

    @AfterEach
    void end() throws IOException {
        former.close();
        kernel.close();
    }

    private Copies begin() {
        Hello hello = new Hello("0.2.0", 1, "0", (int) ProcessHandle.current().pid(), Instant.EPOCH, Set.of("copies"));
        return Copies.begin(kernel.path, hello, LEASE, 3, Optional.of(former)).orElseThrow();
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void what_a_dead_kernel_left_is_held_until_everything_was_copied() throws IOException {
        kernel.shown.add(ALL);
        Copies copies = begin();
        await(() -> kernel.count("copies") == 1);
        assertThat(former.isOpen()).isTrue();
        kernel.mayShow.release();
        await(() -> !former.isOpen());
        SocketChannel held = copies.end().orElseThrow();
        assertThat(held.isOpen()).isTrue();
        held.close();
        assertThat(kernel.requests).contains("lease join circus.web 3");
    }

    @Test
    void who_ends_before_gets_what_the_dead_kernel_left() {
        kernel.shown.add(ALL);
        Copies copies = begin();
        await(() -> kernel.count("copies") == 1);
        assertThat(copies.end()).contains(former);
        kernel.mayShow.release();
        copies.stop(Duration.ofSeconds(20));
        assertThat(former.isOpen()).isTrue();
    }

    /** Everything counts twice while there are two connections. */
    @Test
    void copies_that_are_not_complete_are_tried_again_without_the_former_ones() throws IOException {
        kernel.shown.addAll(List.of(line(3, 0), line(0, 0)));
        Copies copies = begin();
        kernel.mayShow.release(2);
        await(() -> kernel.count("copies show") == 2);
        copies.stop(Duration.ofSeconds(20));
        assertThat(former.isOpen()).isFalse();
        assertThat(kernel.count("copies")).isEqualTo(2);
    }

    @Test
    void what_the_kernel_could_not_give_it_is_left_to_try_again() {
        kernel.shown.add(line(3, 0));
        Copies copies = begin();
        kernel.mayShow.release(2);
        await(() -> kernel.count("copies show") == 2);
        for (int i = 3; i < 6; i++) {
            int shows = i;
            copies.look();
            kernel.mayShow.release();
            await(() -> kernel.count("copies show") == shows);
        }
        assertThat(kernel.count("copies")).isEqualTo(2); // else it would go round
        copies.stop(Duration.ofSeconds(20));
    }

    @Test
    void a_socket_that_is_closed_in_the_kernel_does_not_stay_open() {
        kernel.shown.addAll(List.of(line(0, 0), line(0, 1), line(0, 0)));
        Copies copies = begin();
        kernel.mayShow.release(3);
        await(() -> !former.isOpen());
        copies.look();
        await(() -> kernel.count("copies show") == 3);
        assertThat(kernel.count("copies")).isEqualTo(2);
        copies.stop(Duration.ofSeconds(20));
    }
}
