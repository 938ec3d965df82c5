package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import papa.client.PapaException;
import papa.client.ReplyListener;
import papa.wire.Limit;

/** Sockets as who speaks the extended language has them; what papa's clients see is in the transcripts. */
@Timeout(60)
class SocketTest {
    private static final byte[] IPV6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final RunningKernel kernel;
    private final RunningKernel.Client client;

    SocketTest() throws Exception {
        kernel = new RunningKernel();
        client = kernel.connect();
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    private String make(String name, String... options) throws PapaException {
        List<String> words = new ArrayList<>(List.of("make", "socket", name));
        words.addAll(List.of(options));
        return client.call(words.toArray(String[]::new));
    }

    private static String field(String name, String line) {
        return line.replaceAll("(?s).* " + name + "=([^ \n]*).*", "$1");
    }

    private static boolean hasInet6() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByAddress(IPV6_LOOPBACK))) {
            return probe.isBound();
        } catch (IOException none) {
            return false;
        }
    }

    @Test
    void a_socket_is_found_again_by_the_port_that_it_got() throws Exception {
        String made = make("s");
        assertThat(made)
                .matches("s family=inet type=stream backlog=5 host=127.0.0.1 address=127.0.0.1 port=\\d+ interface="
                        + "\"\" reuseport=0 nonblocking=0 fileno=\\d+\n");
        assertThat(Integer.parseInt(field("fileno", made))).isGreaterThanOrEqualTo(64);
        assertThat(make("s", "port=" + field("port", made))).isEqualTo(made);
        assertThat(client.call("list", "sockets")).isEqualTo(made);
        for (String[] other : new String[][] {
            {"port=1"},
            {"backlog=6"},
            {"host=0.0.0.0"},
            {"interface=lo"},
            {"reuseport=1"},
            {"nonblocking=1"},
            {"type=dgram"}
        }) {
            assertThatThrownBy(() -> make("s", other))
                    .as(other[0])
                    .hasMessageContaining("Socket for s has already been created - s family=inet");
        }
    }

    @Test
    void every_field_of_a_path_is_told_and_compared(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("a b.sock");
        String[] all = {"path=" + path, "umask=022", "owner=0", "group=root", "mode=0660", "nonblocking=1"};
        String made = make("u", all);
        assertThat(made)
                .startsWith("u family=unix type=stream backlog=5 path=\"" + path
                        + "\" umask=0022 owner=0 group=root mode=0660 reuseport=0 nonblocking=1 fileno=");
        assertThat(make("u", all)).isEqualTo(made);
        for (int i = 1; i < all.length; i++) {
            List<String> fewer = new ArrayList<>(List.of(all));
            fewer.remove(i);
            assertThatThrownBy(() -> make("u", fewer.toArray(String[]::new)))
                    .as("without " + all[i])
                    .hasMessageContaining("has already been created");
        }
        assertThat(make("u", "path=" + path, "umask=18", "owner=0", "group=root", "mode=660", "nonblocking=1"))
                .isEqualTo(made);
    }

    @Test
    void a_path_has_the_mode_that_umask_or_mode_say(@TempDir Path folder) throws Exception {
        make("a", "path=" + folder.resolve("a"), "umask=027");
        make("b", "path=" + folder.resolve("b"), "umask=0", "mode=602");
        make("c", "path=" + folder.resolve("c"), "umask=022", "owner=0");
        make("d", "path=" + folder.resolve("d"), "umask=8"); // as managers say it: decimal
        assertThat(mode(folder.resolve("a"))).isEqualTo("rwxr-x---");
        assertThat(mode(folder.resolve("b"))).isEqualTo("rw-----w-");
        assertThat(mode(folder.resolve("c"))).isEqualTo("rwxr-xr-x");
        assertThat(mode(folder.resolve("d"))).isEqualTo("rwxrw-rwx");
    }

    @Test
    void an_owner_may_have_any_number_that_users_have(@TempDir Path folder) throws Exception {
        for (String owner : List.of("1234567890", "4294967294")) {
            Path path = folder.resolve(owner);
            make("s" + owner, "path=" + path, "owner=" + owner, "group=" + owner);
            int number = Integer.parseUnsignedInt(owner);
            assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo(number);
            assertThat(Files.getAttribute(path, "unix:gid")).isEqualTo(number);
        }
        // To the system this one means "leave it as it is".
        assertThatThrownBy(() -> make("none", "path=" + folder.resolve("none"), "owner=4294967295"))
                .hasMessageContaining("owner 4294967295: there is none such");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void a_path_that_cannot_be_given_to_its_owner_is_removed_again(@TempDir Path folder) {
        Path path = folder.resolve("s");
        assertThatThrownBy(() -> make("s", "path=" + path, "owner=no-such-user"))
                .hasMessageContaining("cannot make socket s: owner no-such-user: there is none such");
        assertThat(path).doesNotExist();
    }

    @Test
    void a_stale_socket_gives_way_when_asked_and_nothing_else_does(@TempDir Path folder) throws Exception {
        Path stale = folder.resolve("stale");
        try (ServerSocketChannel former = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            former.bind(UnixDomainSocketAddress.of(stale));
        }
        Path file = Files.writeString(folder.resolve("file"), "precious");
        Path live = folder.resolve("live");
        Path link = Files.createSymbolicLink(folder.resolve("link"), stale);
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(live));

            assertThatThrownBy(() -> make("s", "path=" + stale))
                    .hasMessageContaining("cannot make socket s at " + stale + ": Address already in use (EADDRINUSE); "
                            + "nobody listens there any more: say replace=1, or remove it");
            assertThatThrownBy(() -> make("s", "path=" + file, "replace=1"))
                    .hasMessageContaining("what is there is no socket");
            assertThatThrownBy(() -> make("s", "path=" + link, "replace=1"))
                    .hasMessageContaining("what is there is no socket");
            assertThatThrownBy(() -> make("s", "path=" + live, "replace=1"))
                    .hasMessageContaining("a program listens there: end it first");
            assertThatThrownBy(() -> make("s", "path=" + live, "replace=1", "type=dgram"))
                    .hasMessageContaining("a program listens there: end it first");
            assertThat(file).hasContent("precious");
            SocketChannel.open(UnixDomainSocketAddress.of(live)).close();
        }
        make("s", "path=" + stale, "replace=1");
        SocketChannel.open(UnixDomainSocketAddress.of(stale)).close();
    }

    @Test
    void what_another_put_at_the_path_is_not_removed(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("s");
        make("s", "path=" + path);
        Files.delete(path);
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(path));
            client.call("remove", "sockets", "s");
            assertThat(path).exists();
        }
    }

    @Test
    void two_names_cannot_have_one_path_nor_can_two_spellings(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("s");
        make("a", "path=" + path);
        assertThatThrownBy(() -> make("b", "path=" + path, "replace=1"))
                .hasMessageContaining("cannot make socket b at " + path + ": socket a is there");
        assertThatThrownBy(() -> make("b", "path=" + folder + "/./s", "replace=1"))
                .hasMessageContaining("a program listens there");
        SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
    }

    @Test
    void of_requests_in_flight_for_one_path_one_gets_it_and_the_same_twice_is_one(@TempDir Path folder)
            throws Exception {
        Path path = folder.resolve("s");
        List<String> answers = new ArrayList<>();
        for (String name : new String[] {"a", "b", "a"}) {
            client.channel.request(List.of("make", "socket", name, "path=" + path), new ReplyListener() {
                @Override
                public void ok(String text) {
                    answers.add(name + " ok " + field("fileno", text));
                }

                @Override
                public void failed(String reason) {
                    answers.add(name + " " + reason);
                }
            });
        }
        client.until(() -> answers.size() == 3);
        String number = field("fileno", client.call("list", "sockets"));
        assertThat(answers)
                .containsExactlyInAnyOrder(
                        "a ok " + number.strip(),
                        "a ok " + number.strip(),
                        "b cannot make socket b at " + path + ": socket a is there");
    }

    @Test
    void inet_and_inet6_can_have_the_same_port() throws Exception {
        if (!hasInet6()) {
            assertThatThrownBy(() -> make("six", "family=inet6")).hasMessageContaining("cannot make socket six");
            return;
        }
        String six = make("six", "family=inet6", "host=::", "port=0", "v6only=1");
        assertThat(field("v6only", six)).isEqualTo("1");
        String four = make("four", "host=0.0.0.0", "port=" + field("port", six));
        assertThat(field("port", four)).isEqualTo(field("port", six));
        String both = make("both", "family=inet6", "host=::", "port=0", "v6only=0");
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(field("port", both)))) {
            assertThat(client.isConnected()).isTrue();
        }
        assertThatThrownBy(() -> make("never", "v6only=1")).hasMessageContaining("cannot take v6only=1");
        assertThatThrownBy(() -> make("mixed", "family=inet6", "host=127.0.0.1"))
                .hasMessageContaining("cannot make socket mixed: host 127.0.0.1 has no address of family inet6");
    }

    @Test
    void reuseport_lets_a_manager_have_one_socket_for_each_slot() throws Exception {
        String first = make("s.1", "reuseport=1");
        String port = "port=" + field("port", first);
        String second = make("s.2", port, "reuseport=1");
        assertThat(field("reuseport", second)).isEqualTo("1");
        assertThat(field("fileno", second)).isNotEqualTo(field("fileno", first));
        assertThatThrownBy(() -> make("s.3", port))
                .hasMessageContaining("cannot make socket s.3 at 127.0.0.1:" + field("port", first)
                        + ": Address already in use (EADDRINUSE)");
    }

    @Test
    void a_port_is_kept_for_slots_by_a_socket_that_takes_no_connection() throws Exception {
        String keeper = make("s", "reuseport=1", "listen=0", "port=0");
        assertThat(field("listen", keeper)).isEqualTo("0");
        int port = Integer.parseInt(field("port", keeper));
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .hasMessageContaining("refused");
        assertThat(make("s", "reuseport=1", "listen=0", "port=0")).isEqualTo(keeper);
        assertThatThrownBy(() -> make("s", "reuseport=1")).hasMessageContaining("already been created");
        make("s.1", "reuseport=1", "port=" + port);
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertThat(client.isConnected()).isTrue();
        }
        for (String[] wrong : new String[][] {{"listen=0"}, {"listen=0", "reuseport=1", "type=dgram"}}) {
            assertThatThrownBy(() -> make("t", wrong)).hasMessageContaining("cannot make socket t with listen=0");
        }
    }

    @Test
    void datagrams_and_packets_are_held_where_they_exist(@TempDir Path folder) throws Exception {
        String udp = make("udp", "type=dgram");
        assertThat(udp).contains("family=inet type=dgram");
        assertThatThrownBy(() -> make("udp2", "type=dgram", "port=" + field("port", udp)))
                .hasMessageContaining("EADDRINUSE");
        make("ud", "type=dgram", "path=" + folder.resolve("d"));
        make("up", "type=seqpacket", "path=" + folder.resolve("p"));
        assertThatThrownBy(() -> make("x", "type=seqpacket")).hasMessageContaining("for family unix only");
        assertThatThrownBy(() -> make("x", "type=rdm"))
                .hasMessageContaining("cannot make socket x: type rdm is not there");
        assertThatThrownBy(() -> make("x", "type=raw", "path=" + folder.resolve("r")))
                .hasMessageContaining("type raw is not there for family unix");
    }

    @Test
    void a_protocol_may_be_named_and_the_machine_says_what_there_is() throws Exception {
        String raw = make("icmp", "type=raw", "proto=1");
        assertThat(raw).contains("type=raw").contains(" proto=1 ");
        assertThat(make("icmp", "type=raw", "proto=1")).isEqualTo(raw);
        assertThatThrownBy(() -> make("icmp", "type=raw", "proto=2")).hasMessageContaining("already been created");
        assertThat(make("udp", "type=dgram", "proto=17")).contains(" proto=17 ");
        assertThatThrownBy(() -> make("x", "type=raw"))
                .hasMessageContaining("making a inet socket of type raw: Protocol not supported (EPROTONOSUPPORT)");
        assertThatThrownBy(() -> make("x", "proto=17"))
                .hasMessageContaining("of type stream and protocol 17: Protocol not supported (EPROTONOSUPPORT)");
        assertThatThrownBy(() -> make("x", "proto=-1")).hasMessageContaining("proto -1 is not between");
    }

    @Test
    void a_socket_may_listen_at_one_interface() throws Exception {
        String made = make("s", "interface=lo");
        assertThat(made).contains("host=0.0.0.0").contains("interface=lo");
        try (SocketChannel there = SocketChannel.open()) {
            there.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(field("port", made))));
        }
        assertThatThrownBy(() -> make("t", "interface=no-such-if"))
                .hasMessageContaining("cannot make socket t: binding to interface no-such-if: No such device (ENODEV)");
    }

    @Test
    void a_slow_or_unknown_host_is_told_and_what_cannot_be_is_refused() {
        assertThatThrownBy(() -> make("s", "host=no-such-host.invalid"))
                .hasMessageContaining("cannot make socket s: host no-such-host.invalid has no address of family inet");
        assertThatThrownBy(() -> make("s", "port=65536")).hasMessageContaining("not between 0 and 65535");
        assertThatThrownBy(() -> make("s", "umask=08")).hasMessageContaining("umask=08");
        assertThatThrownBy(() -> make("s", "mode=1777")).hasMessageContaining("mode=1777");
        assertThatThrownBy(() -> make("s", "mode=600")).hasMessageContaining("only unix sockets have them");
        assertThatThrownBy(() -> make("s", "path=relative")).hasMessageContaining("must begin with a slash");
        assertThatThrownBy(() -> make("s", "path=/" + "x".repeat(107))).hasMessageContaining("107 are the most");
    }

    @Test
    void a_child_gets_a_socket_whose_number_is_above_its_limit() throws Exception {
        try (RunningKernel small = new RunningKernel(16L * 1024 * 1024, 40)) {
            RunningKernel.Client there = small.connect();
            String high = field("fileno", there.call("make", "socket", "h"));
            long process = there.start("p", "ulimit -n; readlink /proc/self/fd/" + high.strip(), "socket.h=");
            there.call("follow", "output", "*");
            there.until(() -> there.output(process).contains("socket:["));
            assertThat(there.output(process)).startsWith("40\n");
        }
    }

    @Test
    void there_may_be_so_many_sockets_and_not_one_more(@TempDir Path folder) throws Exception {
        int most = Limit.SOCKETS.most();
        List<String> failures = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            client.channel.request(
                    List.of("make", "socket", "s" + i, "type=dgram", "path=" + folder.resolve("s" + i)),
                    new ReplyListener() {
                        @Override
                        public void ok(String text) {}

                        @Override
                        public void failed(String reason) {
                            failures.add(reason);
                        }
                    });
        }
        assertThatThrownBy(() -> make("more"))
                .as("those that are being opened count as well")
                .hasMessageContaining("cannot make socket more: there are " + most + " already");
        assertThat(failures).isEmpty();
        client.call("remove", "sockets", "s1");
        assertThatThrownBy(() -> make("more", "path=" + folder.resolve("s2")))
                .hasMessageContaining("socket s2 is there");
        make("more");
        client.call("remove", "sockets");
        assertThat(folder).isEmptyDirectory();
    }
}
