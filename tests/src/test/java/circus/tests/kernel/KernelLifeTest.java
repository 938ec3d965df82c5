package circus.tests.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Commands;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One kernel on a path, what its children inherit, and that nothing a client sends ends it. */
@ExtendWith(HomeExtension.class)
class KernelLifeTest {
    private final Home home;

    KernelLifeTest(Home home) {
        this.home = home;
    }

    @Test
    void a_second_kernel_on_the_same_path_ends_with_a_message_and_hurts_nothing() {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            session.ask("set mine 1");

            Daemon second = home.papa("--unix-socket", kernel.socket().toString());

            assertThat(second.awaitExit(Duration.ofSeconds(10))).isEqualTo(1);
            assertThat(second.errors())
                    .contains("cannot serve at " + kernel.socket() + ": a papa is running there, pid "
                            + kernel.daemon().pid() + " (it holds " + kernel.socket() + ".lock)");
            assertThat(session.ask("get mine")).isEqualTo("1");
        }
        try (PapaSession later = kernel.session()) {
            assertThat(later.ask("get mine")).isEqualTo("1");
        }
    }

    @Test
    void a_child_of_another_user_gets_no_capabilities_that_the_kernel_was_to_hand_on() {
        Kernel kernel = home.kernelBelow("setpriv", "--inh-caps", "+net_raw", "--ambient-caps", "+net_raw");
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            for (String each : List.of("a", "b rlimit.core=0")) {
                session.ask("make process " + each + " uid=65534 /bin/grep -E ^Cap(Prm|Eff|Amb) /proc/self/status");
            }
            for (String each : List.of("a", "b")) {
                await("what " + each + " says")
                        .until(() -> session.ask("tail " + each), said -> said.contains("CapAmb"));
                assertThat(session.ask("tail " + each))
                        .containsPattern("CapPrm:\\s0+\\s+CapEff:\\s0+\\s+CapAmb:\\s0+\\b");
            }
            session.ask("make process own /bin/grep CapAmb /proc/self/status");
            await("it still hands them on to its own user's")
                    .until(() -> session.ask("tail own"), said -> said.contains("CapAmb:\t0000000000002000"));
        }
    }

    @Test
    void a_kernel_without_a_locale_starts_processes_in_a_folder_of_any_name() {
        String script = "cd \"$1\" && mkdir \"$2\" && cd \"$2\" && shift 2 && export LC_ALL=C && exec \"$@\"";
        Kernel kernel = home.kernelBelow("sh", "-c", script, "sh", home.path("").toString(), "h\u00e9");
        try (PapaSession session = kernel.session()) {
            assertThat(session.ask("make process w /bin/true")).contains("args=/bin/true");
        }
    }

    @Test
    void a_kernel_that_was_started_without_standard_streams_uses_their_numbers_for_nothing_else() throws IOException {
        Kernel kernel = home.kernelBelow("sh", "-c", "exec \"$@\" <&- >&- 2>&-", "sh");
        for (String number : List.of("0", "1", "2")) {
            Path link = Path.of("/proc/" + kernel.daemon().pid() + "/fd/" + number);
            assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("/dev/null"));
        }
    }

    @Test
    void a_kernel_that_could_make_no_thread_makes_it_when_it_may_again() throws IOException {
        // A user whose number of processes is limited, which root's is not; it may read and write here all the same.
        String uid = "--reuid=" + 64_321;
        String may = "+dac_override,+dac_read_search";
        Kernel kernel = home.kernelBelow("setpriv", uid, "--inh-caps", may, "--ambient-caps", may);
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            assertThat(session.ask("make process first /bin/true")).contains("pid=");
            Path threads = Path.of("/proc/" + kernel.daemon().pid() + "/task");
            await("the first has ended")
                    .until(() -> session.ask("list process first").contains("ended="));
            try (Stream<Path> all = Files.list(threads)) {
                limitProcesses(uid, kernel, all.count() - 1);
            }
            assertThat(session.ask("make process w rlimit.core=0 /bin/sleep 100"))
                    .startsWith("Error: cannot start w");
            assertThat(session.ask("make socket s port=0 host=127.0.0.1")).startsWith("Error: cannot make socket s");
            limitProcesses(uid, kernel, 1000);
            assertThat(session.ask("make process w rlimit.core=0 /bin/sleep 100"))
                    .contains("pid=");
            assertThat(session.ask("make socket s port=0 host=127.0.0.1")).contains("fileno=");
        }
        kernel.daemon().signal("TERM");
        assertThat(kernel.daemon().awaitExit(Duration.ofSeconds(20))).isZero();
    }

    private static void limitProcesses(String uid, Kernel kernel, long most) {
        String pid = Integer.toString(kernel.daemon().pid());
        Commands.run(
                        Duration.ofSeconds(10),
                        "setpriv",
                        uid,
                        "--clear-groups",
                        "prlimit",
                        "--pid",
                        pid,
                        "--nproc=" + most + ":")
                .mustSucceed();
    }

    @Test
    void of_many_kernels_started_at_once_on_one_path_one_stays() {
        Path socket = home.path("race.sock");
        List<Daemon> started = IntStream.range(0, 10)
                .mapToObj(i -> home.papa("--unix-socket", socket.toString()))
                .toList();

        List<Daemon> left = new ArrayList<>(started);
        await("all but one have ended").atMost(Duration.ofSeconds(20)).until(() -> {
            left.removeIf(daemon -> !daemon.isAlive());
            return left.size() == 1;
        });
        try (PapaSession session = PapaSession.connect(socket)) {
            assertThat(session.ask("set a b")).isEmpty();
        }
        assertThat(left).hasSize(1);
        assertThat(started).filteredOn(daemon -> daemon != left.get(0)).allSatisfy(daemon -> {
            assertThat(daemon.awaitExit(Duration.ofSeconds(1))).isEqualTo(1);
            assertThat(daemon.errors())
                    .contains("a papa is running there, pid " + left.get(0).pid());
        });
    }

    @Test
    void neither_a_file_nor_a_socket_that_somebody_listens_at_is_taken_for_a_kernels() throws IOException {
        Path file = home.write("precious.txt", "precious");
        Path live = home.path("live.sock");
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(live));

            Daemon onFile = home.papa("--unix-socket", file.toString());
            Daemon onLive = home.papa("--unix-socket", live.toString());

            assertThat(onFile.awaitExit(Duration.ofSeconds(20))).isEqualTo(1);
            assertThat(onFile.errors()).contains("a file that is no socket is there");
            assertThat(file).hasContent("precious");
            assertThat(onLive.awaitExit(Duration.ofSeconds(20))).isEqualTo(1);
            assertThat(onLive.errors()).contains("a program listens there");
            SocketChannel.open(UnixDomainSocketAddress.of(live)).close();
        }
    }

    @Test
    void a_folder_that_others_may_write_to_is_worth_a_warning() throws IOException {
        Path folder = Files.createDirectory(home.path("open"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path socket = folder.resolve("p.sock");

        Daemon daemon = home.papa("--unix-socket", socket.toString());

        PapaSession.connect(socket).close();
        assertThat(daemon.errors()).contains("the folder " + folder + " may be written to by others (mode 0777)");
    }

    @Test
    void what_another_put_in_the_place_of_its_socket_stays() throws IOException {
        Kernel kernel = home.kernel();
        Files.delete(kernel.socket());
        Files.writeString(kernel.socket(), "another's");

        kernel.daemon().signal("TERM");

        assertThat(kernel.daemon().awaitExit(Duration.ofSeconds(20))).isZero();
        assertThat(kernel.socket()).hasContent("another's");
    }

    @Test
    void a_kernel_does_not_lose_its_log_to_the_one_before() throws IOException {
        Path socket = home.path("log.sock");
        Path log = home.path("log.sock.log");
        String papa = Installation.launcher("papa").toString();
        // As when the former kernel removes the log that the new one has been given, just before it gets the lock.
        home.run(
                        Duration.ofSeconds(20),
                        Path.of("/bin/sh"),
                        "-c",
                        "exec > " + log + " 2>&1; rm " + log + "; " + papa + " --debug --exit-when-idle --unix-socket "
                                + socket + " &")
                .mustSucceed();

        try (PapaSession session = PapaSession.connect(socket)) {
            session.ask("set a b");
        }
        await("its log is there")
                .atMost(Duration.ofSeconds(10))
                .until(() -> Home.read(log).contains("connection"));
    }

    @Test
    void the_socket_is_for_its_owner_only_and_goes_with_the_kernel() throws IOException {
        Kernel kernel = home.kernel();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kernel.socket())))
                .isEqualTo("rw-------");

        kernel.daemon().signal("TERM");

        kernel.daemon().awaitExit(Duration.ofSeconds(5));
        assertThat(kernel.socket()).doesNotExist();
    }

    @Test
    void a_stale_socket_file_of_a_killed_kernel_does_not_stand_in_the_way() {
        home.kernel().daemon().kill9();

        try (PapaSession session = home.kernel().session()) {
            assertThat(session.ask("list values")).isEmpty();
        }
    }

    @Test
    void daemonize_leaves_a_kernel_that_answers_in_a_session_of_its_own() {
        Path socket = home.path("daemon.sock");

        assertThat(home.papa("--unix-socket", socket.toString(), "--daemonize").awaitExit(Duration.ofSeconds(20)))
                .isZero();

        try (PapaSession session = PapaSession.connect(socket)) {
            String greeting = session.ask("hello");
            String pid = greeting.replaceFirst("(?s).* pid=(\\d+) .*", "$1");
            assertThat(Commands.run(Duration.ofSeconds(5), "ps", "-o", "sid=", "-p", pid)
                            .text()
                            .strip())
                    .isNotEqualTo(Commands.run(
                                    Duration.ofSeconds(5),
                                    "ps",
                                    "-o",
                                    "sid=",
                                    "-p",
                                    "" + ProcessHandle.current().pid())
                            .text()
                            .strip());
        }
    }

    @Test
    void a_child_inherits_the_socket_that_it_names_and_nothing_else() throws IOException {
        try (PapaSession session = home.kernel().session()) {
            session.ask("hello");
            session.ask("make socket one");
            String two = session.ask("make socket two");
            String number = two.replaceFirst(".*fileno=(\\d+).*", "$1");

            String made = session.ask("make process nap socket.two=\"\" -- /bin/sleep 60");

            Path descriptors = Path.of("/proc", made.replaceFirst(".*pid=(\\d+).*", "$1"), "fd");
            // Linux lets the parent go on a moment before the exec has closed what is to be closed.
            await("the exec is over").untilAsserted(() -> {
                try (Stream<Path> open = Files.list(descriptors)) {
                    assertThat(open.map(entry -> entry.getFileName().toString()).sorted())
                            .containsExactly("0", "1", "2", number);
                }
            });
            assertThat(Files.readSymbolicLink(descriptors.resolve("0"))).hasToString("/dev/null");
        }
    }

    @Test
    void a_child_has_the_limits_mask_and_dispositions_of_a_fresh_login_and_its_own_session() throws IOException {
        try (PapaSession session = home.kernel().session()) {
            session.ask("hello");
            String made = session.ask("make process nap -- /bin/sleep 60");
            Path process = Path.of("/proc", made.replaceFirst(".*pid=(\\d+).*", "$1"));

            String status = Files.readString(process.resolve("status"));
            // glibc's posix_spawn ignores the two signals (32, 33) that it keeps for its own threads.
            assertThat(status)
                    .containsPattern("SigBlk:\\s+0{16}\n")
                    .containsPattern("SigIgn:\\s+(0{16}|0000000180000000)\n");
            String[] stat = Files.readString(process.resolve("stat")).split(" ");
            assertThat(stat[5]).as("session").isEqualTo(stat[0]);
            String limits = Files.readString(process.resolve("limits"));
            String ours = Commands.run(Duration.ofSeconds(5), "sh", "-c", "ulimit -Sn")
                    .text();
            assertThat(limits).containsPattern("Max open files\\s+" + ours + "\\s");
        }
    }

    @Test
    void no_line_that_a_client_sends_ends_the_kernel() {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            session.ask("set alive yes");
        }
        List<String> lines = List.of(
                "x".repeat(3_000_000) + "\n",
                "\0\0\0\n",
                "\u00ff\u00fe\n",
                "make process " + "a".repeat(5000) + "\n",
                "make socket s port=99999999999999999999\n",
                "make socket s port=-1\n",
                "make process p bufsize=99999999999g /bin/true\n",
                "hello framed\n1 commit out 99999999999999999999 1\n",
                "hello framed\n1 follow output *\n2 follow output *\n3 signal -1 9\n4 signal 1 99999\n",
                "hello framed\n\n\nnot a tag at all !\n",
                "hello\nset a \"unclosed\n",
                "watch processes *\nq\n\n\n",
                "\r\n\r\n\r\n");
        for (String line : lines) {
            try (PapaSession session = kernel.session()) {
                session.sendAndForget(line);
            }
        }

        try (PapaSession session = kernel.session()) {
            assertThat(session.ask("get alive")).isEqualTo("yes");
        }
    }

    /** Many at once do everything that takes memory; who asks like a decent client is answered all the while. */
    @Test
    void a_crowd_that_pushes_every_limit_costs_others_no_answer_and_the_kernel_no_more_than_its_memory()
            throws IOException {
        Kernel kernel = home.kernel();
        String line = "x".repeat(1_000_000);
        List<String> attacks = List.of(
                line, // never ended
                "list values\n".repeat(1000), // never read
                "",
                "hello framed\n1 follow output *\n" + "2 list values\n".repeat(1000),
                "hello\nset big " + line + "\n",
                "\u00ff\0\"\n".repeat(10_000),
                "watch processes *\n\n\n" + line,
                "make process a env.A=" + line + " /bin/true\n");
        try (PapaSession good = kernel.session()) {
            for (int i = 0; i < 4; i++) {
                good.ask("set value." + i + " " + "v".repeat(900_000));
            }
            List<SocketChannel> crowd = new ArrayList<>();
            for (int i = 0; i < 250; i++) {
                crowd.add(SocketChannel.open(UnixDomainSocketAddress.of(kernel.socket())));
                crowd.get(i).configureBlocking(false);
            }
            List<ByteBuffer> sent = IntStream.range(0, crowd.size())
                    .mapToObj(
                            i -> ByteBuffer.wrap(attacks.get(i % attacks.size()).getBytes(StandardCharsets.ISO_8859_1)))
                    .toList();
            for (int round = 0; round < 40; round++) {
                for (int i = 0; i < crowd.size(); i++) {
                    try {
                        crowd.get(i).write(sent.get(i));
                    } catch (IOException closed) {
                        sent.get(i).position(sent.get(i).limit()); // as it should be
                    }
                }
                assertThat(good.ask("get nothing")).isEmpty();
                assertThat(good.ask("set mine " + round)).isEmpty();
            }
            assertThat(residentMegabytes(kernel)).isLessThan(192);
            for (SocketChannel each : crowd) {
                each.close();
            }
            await("they are gone")
                    .untilAsserted(() -> assertThat(good.ask("stats")).contains("sessions=1"));
            assertThat(good.ask("get value.3")).hasSize(900_000);
            assertThat(kernel.daemon().errors()).doesNotContain("OutOfMemoryError");
        }
    }

    private static long residentMegabytes(Kernel kernel) throws IOException {
        String status = Files.readString(Path.of("/proc", "" + kernel.daemon().pid(), "status"));
        return Long.parseLong(status.replaceFirst("(?s).*VmHWM:\\s+(\\d+) kB.*", "$1")) / 1024;
    }
}
