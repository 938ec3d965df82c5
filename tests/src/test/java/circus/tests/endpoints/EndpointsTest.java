package circus.tests.endpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The endpoints of circusd, as libzmq's clients and other users of the machine find them. */
@ExtendWith(HomeExtension.class)
class EndpointsTest {
    private static final String SLEEPERS = "[watcher:web]\ncmd = sleep 1000\n[watcher:other]\ncmd = sleep 1000\n";
    private static final String ASK = "{\"command\": \"numwatchers\", \"id\": 1}";
    private static final String ANSWERED = "\"numwatchers\": 2, \"id\": 1}";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int STRANGER = 4242;
    private static final int NOBODY = 65_534;

    private final Home home;

    EndpointsTest(Home home) {
        this.home = home;
    }

    private Circus overUnixSockets(String options) {
        return home.circus("unix", options, SLEEPERS).atUnixSockets();
    }

    private static Path file(String endpoint) {
        return Path.of(endpoint.substring("ipc://".length()));
    }

    private static int mode(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:mode") & 0777;
    }

    private String asks(List<String> below, String endpoint) {
        return Peer.run(home, below, endpoint, "dealer", ASK);
    }

    private void letStrangersIntoTheHome() throws IOException {
        Files.setPosixFilePermissions(home.directory(), PosixFilePermissions.fromString("rwx--x--x"));
    }

    private static void requireRoot() {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can be somebody else");
    }

    @Test
    void an_ipc_endpoint_is_a_unix_socket_and_nothing_else() throws IOException {
        Circus circus = overUnixSockets("");
        Daemon manager = circus.start();

        assertThat(mode(file(circus.endpoint()))).isEqualTo(0600);
        assertThat(mode(file(circus.eventEndpoint()))).isEqualTo(0600);
        assertThat(Peer.run(home, List.of(), circus.endpoint(), "dealer", ASK)).contains(ANSWERED);
        assertThat(Peer.run(home, List.of(), circus.endpoint(), "req", ASK)).contains(ANSWERED);
        assertThat(circus.tell("status", "web")).isEqualTo("active");
        assertThat(listeningTcpSockets(manager.pid())).isEmpty();

        circus.terminate();
        home.mustBeEmpty();
    }

    /** The lines of the system's tables for sockets that this process listens with. */
    private static List<String> listeningTcpSockets(int pid) throws IOException {
        List<String> inodes;
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            inodes = descriptors
                    .map(EndpointsTest::target)
                    .filter(target -> target.startsWith("socket:"))
                    .map(target -> target.replaceAll("\\D", ""))
                    .toList();
        }
        return Stream.of("tcp", "tcp6")
                .flatMap(table ->
                        Home.read(Path.of("/proc/" + pid + "/net/" + table)).lines())
                .map(line -> line.strip().split(" +"))
                .filter(words -> words.length > 9 && words[3].equals("0A") && inodes.contains(words[9]))
                .map(words -> words[1])
                .toList();
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException gone) {
            return "";
        }
    }

    @Test
    void subscribers_get_what_they_asked_for_over_ipc_and_again_after_the_manager_was_away() {
        Circus circus = overUnixSockets("");
        circus.start();
        try (Peer subscriber = Peer.start(home, circus.eventEndpoint(), "sub", "watcher.web.", "8")) {
            circus.tell("restart", "--waiting", "other");
            circus.tell("restart", "--waiting", "web");
            for (int i = 0; i < 4; i++) {
                assertThat(subscriber.line()).startsWith("watcher.web.");
            }
            circus.manager().kill9();
            circus.start();

            await("it is connected again").atMost(SOON).until(() -> {
                circus.tell("restart", "--waiting", "web");
                return subscriber.line().startsWith("watcher.web.");
            });
        }
    }

    @Test
    void a_subscriber_who_does_not_read_is_in_nobodys_way() {
        Circus circus = overUnixSockets("");
        circus.start();
        try (Peer frozen = Peer.start(home, circus.eventEndpoint(), "sub", "watcher.", "1000000");
                Peer reading = Peer.start(home, circus.eventEndpoint(), "sub", "watcher.web.", "1000000")) {
            frozen.freeze();
            int spawned = 0;
            for (int i = 0; i < 20; i++) {
                circus.call("restart", Map.of("name", "web", "waiting", true));
                while (!reading.line().equals("watcher.web.spawn")) {
                    // The events before it.
                }
                spawned++;
            }
            assertThat(spawned).isEqualTo(20);
            assertThat(circus.tell("status", "web")).isEqualTo("active");
        }
    }

    @Test
    void another_user_of_the_machine_is_refused_over_tcp_and_told_of_in_the_log() {
        requireRoot();
        Circus circus = home.circus("tcp", "", SLEEPERS);
        Daemon manager = circus.start();

        assertThat(asks(Home.as(STRANGER), circus.endpoint())).isEqualTo("nothing");
        assertThat(Peer.run(home, Home.as(STRANGER), circus.eventEndpoint(), "sub", "", "1"))
                .isEqualTo("nothing");

        assertThat(manager.errors())
                .contains("refused a connection from " + circus.endpoint())
                .contains(
                        ", uid 4242): that user may not use this circusd; set endpoint_owner, or endpoint_open = true");
        assertThat(asks(List.of(), circus.endpoint())).contains(ANSWERED);
    }

    @Test
    void another_user_is_refused_over_ipc_even_where_the_file_would_let_him_in() throws IOException {
        requireRoot();
        Circus circus = overUnixSockets("");
        Daemon manager = circus.start();
        letStrangersIntoTheHome();
        assertThat(asks(Home.as(STRANGER), circus.endpoint())).isEqualTo("nothing");
        assertThat(manager.errors()).as("the file's mode suffices").doesNotContain("refused");

        Files.setPosixFilePermissions(file(circus.endpoint()), PosixFilePermissions.fromString("rw-rw-rw-"));

        assertThat(asks(Home.as(STRANGER), circus.endpoint())).isEqualTo("nothing");
        assertThat(manager.errors())
                .containsPattern("refused a connection from ipc://.*, uid 4242, pid \\d+\\): that user may not");
        assertThat(asks(List.of(), circus.endpoint())).contains(ANSWERED);
    }

    @Test
    void where_endpoints_are_open_everybody_may() throws IOException {
        requireRoot();
        Circus unix = overUnixSockets("endpoint_open = true\n");
        unix.start();
        letStrangersIntoTheHome();
        assertThat(mode(file(unix.endpoint()))).isEqualTo(0666);
        assertThat(asks(Home.as(STRANGER), unix.endpoint())).contains(ANSWERED);

        Circus tcp = home.circus("tcp", "endpoint_open = true\n", SLEEPERS);
        tcp.start();
        assertThat(asks(Home.as(STRANGER), tcp.endpoint())).contains(ANSWERED);
    }

    @Test
    void the_owner_of_the_endpoints_may_and_the_files_are_his() throws IOException {
        requireRoot();
        Circus unix = overUnixSockets("endpoint_owner = nobody\n");
        unix.start();
        letStrangersIntoTheHome();
        for (String endpoint : List.of(unix.endpoint(), unix.eventEndpoint())) {
            assertThat(Files.getOwner(file(endpoint)).getName()).isEqualTo("nobody");
            assertThat(mode(file(endpoint))).isEqualTo(0600);
        }
        assertThat(asks(Home.as(NOBODY), unix.endpoint())).contains(ANSWERED);
        assertThat(asks(List.of(), unix.endpoint())).as("root").contains(ANSWERED);

        Circus tcp = home.circus("tcp", "endpoint_owner = nobody\n", SLEEPERS);
        tcp.start();
        assertThat(asks(Home.as(NOBODY), tcp.endpoint())).contains(ANSWERED);
        assertThat(asks(Home.as(STRANGER), tcp.endpoint())).isEqualTo("nothing");
    }

    @Test
    void what_a_killed_manager_leaves_is_replaced_and_what_is_served_is_not() throws IOException {
        Circus circus = overUnixSockets("");
        Daemon killed = circus.start();
        killed.kill9();
        assertThat(file(circus.endpoint())).exists();
        Daemon manager = circus.start();
        assertThat(asks(List.of(), circus.endpoint())).contains(ANSWERED);

        Circus other = home.circus("other", "", SLEEPERS).at(circus.endpoint(), "ipc://" + home.path("other.events"));
        Daemon refused = other.launch();

        assertThat(refused.awaitExit(SOON)).isEqualTo(1);
        assertThat(refused.errors())
                .contains("cannot listen on " + circus.endpoint() + ": the socket is in use by process " + manager.pid()
                        + " (circusd)");
        assertThat(asks(List.of(), circus.endpoint())).contains(ANSWERED);
        assertThat(names(home.directory())).doesNotContain("other.events").noneMatch(name -> name.startsWith("."));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toList());
        }
    }

    @Test
    void what_cannot_be_an_endpoint_is_told_and_nothing_is_left() throws IOException {
        Path precious = home.write("precious", "text");
        for (String[] row : new String[][] {
            {"ipc://" + precious, "a file that is no socket is there"},
            {"ipc://" + home.path("missing/c.sock"), "there is no directory " + home.path("missing")},
            {"ipc://" + home.path("x".repeat(100)), "at most 107 are possible"},
            {"ipc://@abstract", "a name without a file has neither owner nor mode"},
            {"ipc://*", "give the path of the socket"},
        }) {
            Circus circus = home.circus("wrong", "", SLEEPERS).at(row[0], "ipc://" + home.path("e"));
            Daemon refused = circus.launch();
            assertThat(refused.awaitExit(SOON)).isEqualTo(1);
            assertThat(refused.errors())
                    .contains("cannot listen on " + row[0] + ": ")
                    .contains(row[1]);
        }
        assertThat(precious).hasContent("text");
        home.mustBeEmpty();
    }

    @Test
    void an_endpoint_for_all_interfaces_serves_this_machine_and_says_so() throws SocketException {
        int port = Home.freePort();
        Circus circus =
                home.circus("wide", "", SLEEPERS).at("tcp://0.0.0.0:" + port, "tcp://127.0.0.1:" + Home.freePort());
        Daemon manager = circus.start();

        assertThat(manager.errors())
                .contains("tcp://0.0.0.0:" + port + " serves this machine only; for others give keys");
        assertThat(asks(List.of(), "tcp://127.0.0.1:" + port)).contains(ANSWERED);
        Optional<String> outside = outsideAddress();
        if (outside.isPresent()) {
            assertThat(asks(List.of(), "tcp://" + outside.get() + ":" + port)).contains(ANSWERED);
        }
    }

    /** An address of this machine that is not loopback. */
    private static Optional<String> outsideAddress() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && address.getAddress().length == 4)
                .map(InetAddress::getHostAddress)
                .findFirst();
    }

    @Test
    void who_comes_from_another_machine_is_refused() throws IOException {
        Commands.Result namespace = Commands.run(SOON, "unshare", "-n", "true");
        assumeTrue(
                namespace.exit() == 0
                        && Commands.run(SOON, "sh", "-c", "command -v ip").exit() == 0,
                "needs ip(8)");
        Path script = home.script("another-machine", ANOTHER_MACHINE);
        Circus circus = home.circus("wide", "", SLEEPERS);
        Circus wide = circus.at(circus.endpoint().replace("127.0.0.1", "0.0.0.0"), circus.eventEndpoint());
        Daemon manager = wide.start();
        String port = wide.endpoint().substring(wide.endpoint().lastIndexOf(':') + 1);

        String heard = Commands.run(
                        SOON,
                        script.toString(),
                        port,
                        home.resource("python/peer.py").toString(),
                        ASK)
                .text();

        assumeTrue(!heard.contains("cannot"), heard);
        assertThat(heard).isEqualTo("nothing");
        assertThat(manager.errors()).contains("it comes from another machine; give keys");
    }

    private static final String ANOTHER_MACHINE = """
            unshare -n sleep 60 &
            other=$!
            trap 'kill $other; ip link del circus0 2> /dev/null' EXIT
            sleep 0.3
            ip link add circus0 type veth peer name circus1 netns $other 2> /dev/null || { echo cannot; exit 0; }
            ip addr add 198.51.100.1/30 dev circus0 && ip link set circus0 up
            nsenter -t $other -n sh -c 'ip addr add 198.51.100.2/30 dev circus1; ip link set circus1 up'
            nsenter -t $other -n /usr/bin/python3 "$2" tcp://198.51.100.1:$1 dealer "$3"
            """;
}
