package circus.tests.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** papa under systemd: the unit files, the sockets it is started with, and what it tells. */
@ExtendWith(HomeExtension.class)
class SystemdTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Home home;

    SystemdTest(Home home) {
        this.home = home;
    }

    @Test
    void the_unit_files_are_what_systemd_takes() throws IOException {
        Path units = Installation.checkout().resolve("docs/systemd");
        Path bin = Installation.checkout().resolve("bin");
        List<String> command = new ArrayList<>(List.of("systemd-analyze", "verify"));
        try (Stream<Path> files = Files.list(units)) {
            for (Path file : files.filter(each -> !each.toString().endsWith(".conf"))
                    .sorted()
                    .toList()) {
                String text = Home.read(file);
                command.add(home.write(file.getFileName().toString(), text.replace("/opt/circus/bin", bin.toString()))
                        .toString());
            }
        }
        assertThat(command).hasSize(5);
        Commands.Result result = Commands.run(LIMIT, command.toArray(String[]::new));
        assertThat(result.mustSucceed().errors()).isEmpty();

        // With what may be taken away. A drop-in beside a unit that is named by its path is not read: it becomes part
        // of that.
        String less = Home.read(units.resolve("hardening.conf"));
        for (String unit : command.subList(2, 5)) {
            if (unit.endsWith(".service")) {
                home.write(Path.of(unit).getFileName().toString(), Home.read(Path.of(unit)) + "\n" + less);
            }
        }
        Commands.Result hardened = Commands.run(LIMIT, command.toArray(String[]::new));
        assertThat(hardened.mustSucceed().errors()).isEmpty();
    }

    /** Starts papa as systemd does for the first who connects; {@code names} and {@code listens} belong together. */
    private Daemon activated(List<String> below, Path socket, String names, String... listens) {
        List<String> command = new ArrayList<>(below);
        command.add("systemd-socket-activate");
        for (String variable :
                List.of("JAVA_HOME", "CIRCUS_BUILD", Installation.MARK, "NOTIFY_SOCKET", "WATCHDOG_USEC")) {
            command.addAll(List.of("-E", variable));
        }
        for (String listen : listens) {
            command.addAll(List.of("-l", listen));
        }
        command.add("--fdname=" + names);
        Daemon daemon = home.papaBelow(command, "--unix-socket", socket.toString());
        await("it listens for papa")
                .atMost(LIMIT)
                .until(() -> daemon.errors()
                                .lines()
                                .filter(line -> line.startsWith("Listening"))
                                .count()
                        == listens.length);
        return daemon;
    }

    @Test
    void it_is_started_by_who_connects_and_holds_what_else_it_was_started_with() throws IOException {
        Path socket = home.path("own.sock");
        Path other = home.path("other.sock");
        int port = Home.freePort();
        Daemon papa = activated(
                List.of(), socket, "web:papa:other", "127.0.0.1:" + port, socket.toString(), other.toString());

        try (PapaSession session = PapaSession.connect(socket);
                Socket early = new Socket()) {
            early.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)); // waits in the backlog
            session.ask("hello");
            assertThat(session.ask("list sockets"))
                    .contains("\"\" family=inet type=stream address=127.0.0.1 port=" + port + " inherited=web fileno=")
                    .contains("\"\" family=unix type=stream path=" + other + " inherited=other fileno=")
                    .doesNotContain(socket.toString());
            assertThat(session.ask("make socket web port=" + port)).contains(" inherited=web ");
            assertThat(session.ask("make process greeter path=/usr/bin:/bin socket.web=\"\" listen_fds=1 -- sh -c "
                            + "\"env; exec sleep 60\""))
                    .contains("incarnation=1 ");
            await("its environment is ours alone")
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertThat(session.ask("tail greeter lines=50"))
                            .contains("LISTEN_FDNAMES=web")
                            .contains("LISTEN_FDS=1"));
            int pid = Integer.parseInt(session.ask("list processes greeter").replaceFirst("(?s).* pid=(\\d+).*", "$1"));
            assertThat(Home.read(Path.of("/proc/" + pid + "/environ"))).contains("LISTEN_PID=" + pid + "\0");
        }
        papa.signal("TERM");
        assertThat(papa.awaitExit(LIMIT)).isZero();
        assertThat(List.of(socket, other)).as("they are systemd's").allMatch(Files::exists);
        Files.delete(socket);
        Files.delete(other);
        home.mustBeEmpty();
    }

    @Test
    void a_worker_of_circusd_serves_on_a_socket_of_systemd_with_an_unchanged_ini() throws IOException {
        int port = Home.freePort();
        Circus circus = home.circus("web", "", """
                [socket:web]
                host = 127.0.0.1
                port = %d
                use_papa = true
                [watcher:w]
                cmd = /bin/sleep 600
                use_sockets = true
                """.formatted(port));
        Daemon papa = activated(
                List.of(),
                circus.kernelSocket(),
                "papa:web",
                circus.kernelSocket().toString(),
                "127.0.0.1:" + port);
        Daemon manager = circus.start();
        circus.awaitWorkers("w", 1);
        assertThat(circus.askKernel("stats")).contains(" sockets=1 unclaimed=0 ");
        try (Socket client = new Socket()) {
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
        circus.ctl("quit", "--terminate");
        manager.awaitExit(LIMIT);
        papa.awaitExit(LIMIT);
        Files.delete(circus.kernelSocket());
        home.mustBeEmpty();
    }

    @Test
    void it_tells_when_it_serves_that_it_lives_and_when_it_ends() {
        for (String name : List.of(
                home.path("notify").toString(), "@papa-" + home.directory().getFileName())) {
            try (NotifySocket notify = NotifySocket.open(home, name, "listening")) {
                Kernel kernel = home.kernelBelow("env", "NOTIFY_SOCKET=" + name, "WATCHDOG_USEC=200000");
                int pid = kernel.daemon().pid();
                notify.awaitTold("READY=1 MAINPID=" + pid + " STATUS=serving at " + kernel.socket(), 1);
                notify.awaitTold("WATCHDOG=1", 5);
                kernel.daemon().signal("TERM");
                assertThat(kernel.daemon().awaitExit(LIMIT)).isZero();
                notify.awaitTold("STOPPING=1", 1);
                assertThat(notify.heard().get(0)).startsWith("READY=1");
            }
        }
    }

    @Test
    void a_new_program_has_the_same_sockets_and_tells_the_same_one() throws IOException {
        Path socket = home.path("own.sock");
        int web = Home.freePort();
        int other = Home.freePort();
        String name = "@papa-" + home.directory().getFileName();
        try (NotifySocket notify = NotifySocket.open(home, name, "listening")) {
            Daemon papa = activated(
                    List.of("env", "NOTIFY_SOCKET=" + name, "WATCHDOG_USEC=200000"),
                    socket,
                    "papa:web:other",
                    socket.toString(),
                    "127.0.0.1:" + web,
                    "127.0.0.1:" + other);
            String before;
            try (PapaSession session = PapaSession.connect(socket)) {
                session.ask("hello");
                session.ask("make socket web port=" + web);
                before = session.ask("list sockets");
                assertThat(before).contains("\"\" family=inet").contains("web family=inet");
            }
            for (int i = 0; i < 2; i++) {
                home.run(
                                Duration.ofSeconds(150),
                                Installation.launcher("papa"),
                                "upgrade",
                                "--unix-socket",
                                socket.toString())
                        .mustSucceed();
                notify.awaitTold("READY=1 MAINPID=" + papa.pid() + " ", 2 + i);
            }
            int signs =
                    (int) notify.heard().stream().filter("WATCHDOG=1"::equals).count();
            notify.awaitTold("WATCHDOG=1", signs + 3);
            try (PapaSession session = PapaSession.connect(socket);
                    Socket client = new Socket()) {
                session.ask("hello");
                assertThat(session.ask("list sockets")).isEqualTo(before);
                client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), other));
            }
            papa.signal("TERM");
            assertThat(papa.awaitExit(LIMIT)).isZero();
            notify.awaitTold("STOPPING=1", 1);
            assertThat(socket).exists();
            Files.delete(socket);
        }
        home.mustBeEmpty();
    }

    @Test
    void the_watchdog_of_another_is_not_served() {
        String name = home.path("notify").toString();
        try (NotifySocket notify = NotifySocket.open(home, name, "listening")) {
            Kernel kernel = home.kernelBelow("env", "NOTIFY_SOCKET=" + name, "WATCHDOG_USEC=1000", "WATCHDOG_PID=1");
            kernel.daemon().signal("TERM");
            assertThat(kernel.daemon().awaitExit(LIMIT)).isZero();
            notify.awaitTold("STOPPING=1", 1);
            assertThat(notify.heard()).noneMatch(line -> line.startsWith("WATCHDOG"));
        }
    }

    @Test
    void one_that_does_not_listen_holds_nothing_up_and_is_told_later_how_things_are() {
        String name = home.path("notify").toString();
        try (NotifySocket notify = NotifySocket.open(home, name, "deaf")) {
            // A millisecond: it is full at once.
            Kernel kernel = home.kernelBelow("env", "NOTIFY_SOCKET=" + name, "WATCHDOG_USEC=2000");
            await("it is full")
                    .atMost(LIMIT)
                    .until(() -> kernel.daemon().errors().contains("cannot notify the service manager"));
            try (PapaSession session = kernel.session()) {
                assertThat(session.ask("set a b")).isEmpty();
            }
            kernel.daemon().signal("TERM");
            assertThat(kernel.daemon().awaitExit(LIMIT)).isZero();
            notify.listen();
            notify.awaitTold("READY=1", 1);
        }
    }

    @Test
    void one_that_is_gone_or_none_at_all_is_passed_over() {
        for (String name : List.of(home.path("nobody").toString(), "@papa-nobody", "nonsense", "/" + "x".repeat(200))) {
            Kernel kernel = home.kernelBelow("env", "NOTIFY_SOCKET=" + name, "WATCHDOG_USEC=10000");
            try (PapaSession session = kernel.session()) {
                assertThat(session.ask("set a b")).isEmpty();
            }
            kernel.daemon().signal("TERM");
            assertThat(kernel.daemon().awaitExit(LIMIT)).isZero();
            assertThat(kernel.daemon()
                            .errors()
                            .lines()
                            .filter(line -> line.contains("cannot notify"))
                            .count())
                    .isOne();
        }
    }

    @Test
    void what_is_no_socket_or_not_ours_is_left_alone() throws IOException {
        // Number 3 is a file; 4 and 5 are not open: the Java machine has files of its own there.
        Path script = home.script("with-a-file", "exec 3< /dev/null\nexport LISTEN_FDS=3 LISTEN_PID=$$\nexec \"$@\"\n");
        Kernel kernel = home.kernelBelow(script.toString());
        try (PapaSession session = kernel.session()) {
            assertThat(session.ask("make process p /bin/echo hello")).contains("running=");
            assertThat(session.ask("stats")).contains(" unclaimed=0 ");
        }
        assertThat(kernel.daemon().errors()).contains("cannot take descriptor 3 of LISTEN_FDS: it is no socket");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kernel.socket())))
                .isEqualTo("rw-------");
    }
}
