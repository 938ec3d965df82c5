package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import papa.client.PapaException;
import papa.loop.EventLoop;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.SocketQuestions;
import papa.service.ListenFds;
import papa.socket.Sockets;

/** Sockets that a kernel was started with wait for who asks for that very address, and come back when he is done. */
class InheritedSocketTest {
    private static final int SO_REUSEPORT = 15;

    private final Posix posix = new NativePosix();
    private RunningKernel kernel;
    private RunningKernel.Client client;

    @TempDir
    private Path temp;

    @BeforeEach
    void start() throws Exception {
        kernel = new RunningKernel();
        client = kernel.connect();
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    /** A socket at a free port of 127.0.0.1 or ::1, as who starts papa makes it. */
    private int inet(int domain, int type, boolean reusePort) {
        int fd = posix.socket(domain, type, 0);
        if (reusePort) {
            assertThat(posix.setSocketOption(fd, SocketQuestions.SOL_SOCKET, SO_REUSEPORT, 1))
                    .isZero();
        }
        ByteBuffer address = ByteBuffer.allocate(domain == Posix.AF_INET ? 16 : 28);
        address.put(0, (byte) domain);
        if (domain == Posix.AF_INET) {
            address.put(4, new byte[] {127, 0, 0, 1});
        } else {
            address.put(23, (byte) 1);
        }
        assertThat(posix.bind(fd, address.array())).isZero();
        if (type != Posix.SOCK_DGRAM) {
            assertThat(posix.listen(fd, 1)).isZero();
        }
        return fd;
    }

    private int port(int fd) {
        byte[] address = new byte[128];
        assertThat(posix.socketName(fd, address)).isPositive();
        return ByteBuffer.wrap(address).getShort(2) & 0xffff;
    }

    private int unix(Path path) {
        int fd = posix.socket(Posix.AF_UNIX, Posix.SOCK_STREAM, 0);
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        byte[] address = new byte[2 + name.length + 1];
        address[0] = Posix.AF_UNIX;
        System.arraycopy(name, 0, address, 2, name.length);
        assertThat(posix.bind(fd, address)).isZero();
        assertThat(posix.listen(fd, 1)).isZero();
        return fd;
    }

    private static String fileno(String line) {
        return line.replaceAll("(?s).* fileno=(\\d+).*", "$1");
    }

    @Test
    void who_asks_for_the_same_address_gets_it_and_when_it_is_removed_it_waits_again() throws Exception {
        int fd = inet(Posix.AF_INET, Posix.SOCK_STREAM, false);
        int port = port(fd);
        int copy = posix.duplicate(fd, 0); // systemd keeps one: nobody else could bind the address
        kernel.inherit(fd, "web");
        String waiting = client.call("list", "sockets");
        assertThat(waiting)
                .startsWith("\"\" family=inet type=stream address=127.0.0.1 port=" + port + " inherited=web fileno=");
        assertThat(client.call("stats")).contains(" sockets=0 unclaimed=1 ");

        String made = client.call("make", "socket", "web", "host=localhost", "port=" + port, "backlog=100");
        assertThat(made).startsWith("web family=inet type=stream backlog=100 host=localhost address=127.0.0.1");
        assertThat(made).contains(" inherited=web ");
        assertThat(fileno(made)).isEqualTo(fileno(waiting));
        assertThat(client.call("list", "sockets")).isEqualTo(made);
        assertThat(client.call("make", "socket", "web", "host=localhost", "port=" + port, "backlog=100"))
                .isEqualTo(made);
        assertThat(client.call("stats")).contains(" sockets=1 unclaimed=0 ");

        client.call("remove", "sockets", "web");
        assertThat(client.call("list", "sockets")).isEqualTo(waiting);
        assertThat(client.call("make", "socket", "again", "port=" + port)).contains("fileno=" + fileno(waiting));
        posix.close(copy);
    }

    @Test
    void datagrams_and_ipv6_are_matched_by_their_kind() throws Exception {
        int datagrams = inet(Posix.AF_INET, Posix.SOCK_DGRAM, false);
        int six = inet(Posix.AF_INET6, Posix.SOCK_STREAM, false);
        String portOfDatagrams = "port=" + port(datagrams);
        String portOfSix = "port=" + port(six);
        kernel.inherit(datagrams, "");
        kernel.inherit(six, "");

        assertThat(client.call("make", "socket", "d", "type=dgram", portOfDatagrams))
                .contains(" inherited=\"\" ");
        assertThat(client.call("make", "socket", "s", "family=inet6", portOfSix))
                .contains("address=0:0:0:0:0:0:0:1")
                .contains(" inherited=\"\" ");
    }

    @Test
    void what_had_to_be_said_before_it_was_bound_is_refused_with_what_to_say_in_the_unit() throws Exception {
        int plain = inet(Posix.AF_INET, Posix.SOCK_STREAM, false);
        int shared = inet(Posix.AF_INET, Posix.SOCK_STREAM, true);
        int six = posix.socket(Posix.AF_INET6, Posix.SOCK_STREAM, 0);
        assertThat(posix.bind(six, new byte[] {
                    Posix.AF_INET6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
                }))
                .isZero();
        assertThat(posix.listen(six, 1)).isZero();
        String portOfPlain = "port=" + port(plain);
        String portOfShared = "port=" + port(shared);
        String portOfSix = "port=" + port(six);
        kernel.inherit(plain, "plain");
        kernel.inherit(shared, "shared");
        kernel.inherit(six, "six");

        assertThatThrownBy(() -> client.call("make", "socket", "a", portOfPlain, "reuseport=1"))
                .hasMessageMatching(
                        "cannot make socket a of the one at 127.0.0.1:\\d+ \\(plain\\) that papa was started"
                                + " with: reuseport=1 was asked for, which cannot be changed once it is bound; say ReusePort=yes in"
                                + " its unit");
        assertThatThrownBy(() -> client.call("make", "socket", "b", portOfShared))
                .hasMessageContaining("reuseport=0 was asked for")
                .hasMessageContaining("ReusePort=no");
        assertThatThrownBy(() -> client.call("make", "socket", "c", "family=inet6", "host=::", portOfSix, "v6only=1"))
                .hasMessageContaining("v6only=1 was asked for")
                .hasMessageContaining("BindIPv6Only=ipv6-only");
        assertThatThrownBy(() -> client.call("make", "socket", "d", portOfPlain, "host=127.0.0.1", "interface=lo"))
                .hasMessageContaining("interface=lo was asked for, and it is bound to \"\"")
                .hasMessageContaining("BindToDevice=lo");
        assertThat(client.call("stats")).contains(" sockets=0 unclaimed=3 ");
        assertThat(client.call("make", "socket", "b", portOfShared, "reuseport=1"))
                .contains(" inherited=shared ");
    }

    @Test
    void another_host_at_its_port_is_not_given_and_the_error_says_why() throws Exception {
        int fd = inet(Posix.AF_INET, Posix.SOCK_STREAM, false);
        int port = port(fd);
        kernel.inherit(fd, "web");
        assertThatThrownBy(() -> client.call("make", "socket", "web", "host=0.0.0.0", "port=" + port))
                .hasMessageContaining("Address already in use (EADDRINUSE)")
                .hasMessageContaining(
                        "papa was started with a socket at 127.0.0.1:" + port
                                + ": ask for that very address, or have its unit say the one that is asked for (ListenStream=)");
    }

    @Test
    void a_path_keeps_its_file_and_gets_the_mode_that_is_asked_for() throws Exception {
        Path path = temp.resolve("s.sock");
        int fd = unix(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
        kernel.inherit(fd, "s");
        Path link = Files.createSymbolicLink(temp.resolve("link"), temp).resolve("s.sock");

        assertThat(client.call("make", "socket", "s", "path=" + link, "umask=000"))
                .contains(" inherited=s ");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .as("a umask says nothing of a path that is there")
                .isEqualTo("rw-rw----");
        client.call("remove", "sockets", "s");
        assertThat(path).exists();
        assertThat(client.call("make", "socket", "s", "path=" + path, "mode=600"))
                .contains(" inherited=s ");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");

        kernel.close();
        assertThat(path).exists();
    }

    @Test
    void papas_clients_get_it_too_but_not_a_port_that_is_only_kept() throws Exception {
        int fd = inet(Posix.AF_INET, Posix.SOCK_STREAM, true);
        int port = port(fd);
        kernel.inherit(fd, "web");
        try (Person person = new Person(kernel.socket)) {
            assertThat(person.ask("list sockets")).isEqualTo("\n> ");
            assertThat(person.ask("make socket web reuseport=1 port=" + port))
                    .contains("each process is to get a socket of its own (reuseport=1 before hello)");
        }
    }

    @Test
    void all_of_them_are_handed_on() throws Exception {
        int claimed = inet(Posix.AF_INET, Posix.SOCK_STREAM, false);
        int waiting = inet(Posix.AF_INET6, Posix.SOCK_STREAM, false);
        Path path = temp.resolve("s.sock");
        int port = port(claimed);
        kernel.inherit(claimed, "claimed");
        kernel.inherit(waiting, "a name");
        kernel.inherit(unix(path), "");
        client.call("make", "socket", "web", "port=" + port);
        String sockets = client.call("list", "sockets");

        assertThat(kernel.stateOfAnother()).isEqualTo(kernel.state()).contains("inherited-socket fd=");
        kernel = kernel.successor();
        client = kernel.connect();
        assertThat(client.call("list", "sockets")).isEqualTo(sockets);
        client.call("remove", "sockets", "web");
        assertThat(client.call("stats")).contains(" sockets=0 unclaimed=3 ");
        assertThat(client.call("make", "socket", "s", "path=" + path)).contains(" inherited=\"\" ");
        kernel.close();
        assertThat(path).exists();
    }

    @Test
    void what_is_said_of_another_process_is_not_taken() throws Exception {
        Sockets sockets = new Sockets(posix, new EventLoop(posix), () -> {});
        ListenFds.take(posix, Map.of("LISTEN_PID", "1", "LISTEN_FDS", "400"), sockets.inherited());
        ListenFds.take(posix, Map.of("LISTEN_FDS", "400"), sockets.inherited());
        String own = Integer.toString(posix.pid());
        ListenFds.take(posix, Map.of("LISTEN_PID", own, "LISTEN_FDS", "all"), sockets.inherited());
        ListenFds.take(posix, Map.of("LISTEN_PID", own), sockets.inherited());
        assertThat(sockets.inherited().count()).isZero();
    }

    @Test
    void what_does_not_listen_is_of_no_use() throws PapaException {
        int fd = posix.socket(Posix.AF_INET, Posix.SOCK_STREAM, 0);
        assertThatThrownBy(() -> kernel.inherit(fd, "x"))
                .hasMessageContaining("cannot take descriptor " + fd
                        + " of LISTEN_FDS: the socket does not listen; it is" + " closed");
        assertThat(client.call("stats")).contains(" unclaimed=0 ");
    }
}
