package circus.tests.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.PapaSession;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sockets as papa's clients have them, where papa was weak: its reuseport held no port, and it took paths from others. */
@ExtendWith(HomeExtension.class)
class PapaSocketsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Home home;

    PapaSocketsTest(Home home) {
        this.home = home;
    }

    private static void connect(int port) throws IOException {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
    }

    @Test
    void reuseport_keeps_the_port_and_gives_each_process_a_socket_that_its_successor_gets() throws IOException {
        try (PapaSession session = home.kernel().session()) {
            String made = session.ask("make socket rp reuseport=1");
            assertThat(made).matches("rp family=inet type=stream backlog=5 host=127.0.0.1 port=\\d+ reuseport=1");
            int port = Integer.parseInt(made.replaceFirst(".*port=(\\d+) .*", "$1"));

            assertThatThrownBy(() -> new ServerSocket(port, 1, InetAddress.getLoopbackAddress()))
                    .as("nobody else gets it")
                    .isInstanceOf(BindException.class);
            assertThatThrownBy(() -> connect(port)).as("nobody listens yet").isInstanceOf(ConnectException.class);

            String first = number(session, "one");
            connect(port);
            String second = number(session, "two");
            assertThat(second).isNotEqualTo(first);
            assertThat(number(session, "one")).as("its successor").isEqualTo(first);

            assertThat(session.ask("list sockets")).isEqualTo(made);
            session.ask("remove sockets rp");
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        }
    }

    /** Starts a process of that name that tells the number of its socket and ends. */
    private static String number(PapaSession session, String name) {
        assertThat(session.ask("make process " + name + " /bin/echo [$(socket.rp.fileno)]"))
                .startsWith(name + " pid=");
        await("it has ended")
                .atMost(LIMIT)
                .until(() -> session.ask("list processes " + name).contains("running=False"));
        session.send("watch processes " + name + "\n");
        String output = session.readUntil(text -> text.contains("closed:") && text.endsWith("] "));
        session.send("\n");
        session.readUntil(text -> text.endsWith("Nothing left to watch\n> "));
        return output.replaceFirst("(?s).*\\[(\\d+)].*", "$1");
    }

    @Test
    void a_path_gives_way_unless_somebody_listens_there() throws IOException {
        Path live = home.path("live.sock");
        Path stale = home.path("stale.sock");
        Path file = home.write("file", "precious");
        try (PapaSession session = home.kernel().session();
                ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                ServerSocketChannel former = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(live));
            former.bind(UnixDomainSocketAddress.of(stale));
            former.close();

            assertThat(session.ask("make socket a path=" + live))
                    .isEqualTo("Error: Bind failed: [Errno 98] Address already in use");
            assertThat(session.ask("make socket b path=" + file))
                    .isEqualTo("Error: Bind failed: [Errno 98] Address already in use");
            assertThat(session.ask("make socket c path=" + stale)).startsWith("c family=unix");

            SocketChannel.open(UnixDomainSocketAddress.of(live)).close();
            SocketChannel.open(UnixDomainSocketAddress.of(stale)).close();
            assertThat(file).hasContent("precious");
        }
    }

    @Test
    void types_that_papa_cannot_listen_on_are_refused_in_its_words() {
        try (PapaSession session = home.kernel().session()) {
            assertThat(session.ask("make socket d type=dgram")).isEqualTo("Error: [Errno 95] Operation not supported");
            assertThat(session.ask("make socket r type=raw")).isEqualTo("Error: [Errno 93] Protocol not supported");
            assertThat(session.ask("make socket r type=rdm")).isEqualTo("Error: [Errno 94] Socket type not supported");
            assertThat(session.ask("make socket p type=seqpacket path=" + home.path("p.sock")))
                    .startsWith("p family=unix type=seqpacket backlog=5 path=");
            session.ask("hello");
            assertThat(session.ask("make socket d type=dgram")).startsWith("d family=inet type=dgram");
        }
    }
}
