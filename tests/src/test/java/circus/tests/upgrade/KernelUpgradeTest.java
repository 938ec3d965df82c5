package circus.tests.upgrade;

import static circus.tests.upgrade.UpgradedKernel.descriptors;
import static circus.tests.upgrade.UpgradedKernel.mustHaveReplaced;
import static circus.tests.upgrade.UpgradedKernel.read;
import static circus.tests.upgrade.UpgradedKernel.words;
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
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** One program in the place of another, under the same pid: nobody notices but who asked for it. */
@ExtendWith(HomeExtension.class)
@Timeout(600)
class KernelUpgradeTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String COUNTING = "i=0; while :; do echo $i; i=$((i+1)); sleep 0.01; done";

    private final Home home;

    KernelUpgradeTest(Home home) {
        this.home = home;
    }

    private static String start(PapaSession session, String name, String script) {
        return session.ask("make process " + name + " path=/bin:/usr/bin -- sh -c \"" + script + "\"");
    }

    private static String field(String line, String key) {
        return line.replaceFirst("(?s).*\\b" + key + "=(\\S+).*", "$1");
    }

    @Test
    void a_child_a_socket_a_value_output_and_connections_stay_twice_in_a_row() throws IOException {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            String instance = field(session.ask("hello"), "instance");
            String pid = field(start(session, "counter", COUNTING), "pid");
            int port = Integer.parseInt(field(session.ask("make socket web port=0 host=127.0.0.1"), "port"));
            session.ask("set colour \"deep blue\"");
            String listed = session.ask("list sockets");

            for (int round = 1; round <= 2; round++) {
                mustHaveReplaced(UpgradedKernel.run(home, kernel));

                assertThat(words(kernel)).startsWith("papa").contains("--resume");
                assertThat(session.ask("get colour")).as("the same connection").isEqualTo("deep blue");
                assertThat(field(session.ask("list processes counter"), "pid")).isEqualTo(pid);
                assertThat(Path.of("/proc", pid)).exists();
                assertThat(session.ask("list sockets")).isEqualTo(listed);
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                try (PapaSession another = kernel.session()) {
                    assertThat(field(another.ask("hello"), "instance")).isEqualTo(instance);
                    assertThat(field(another.ask("stats"), "upgrades")).isEqualTo("" + round);
                }
            }
            int shown = Integer.parseInt(session.ask("tail counter lines=1"));
            await("it goes on")
                    .atMost(LIMIT)
                    .until(() -> Integer.parseInt(session.ask("tail counter lines=1")) > shown);
            List<String> lines =
                    session.ask("tail counter lines=100000").lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                assertThat(lines.get(i)).as("line " + i).isEqualTo("" + i);
            }
            start(session, "late", "exit 7");
            await("a process that was started after it ends")
                    .atMost(LIMIT)
                    .until(() ->
                            field(session.ask("list processes late"), "exit").equals("7"));
        }
        kernel.daemon().signal("TERM");
        assertThat(kernel.daemon().awaitExit(LIMIT)).isZero();
        home.mustBeEmpty();
    }

    @Test
    void a_program_upgrades_by_the_verb_and_is_told_in_its_frame() {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            session.send("hello framed\nu upgrade\n");
            String heard =
                    session.readUntil(text -> text.matches("(?s).*ok u .*upgrades=1\\s.*"), Duration.ofSeconds(60));
            assertThat(heard).containsPattern("capabilities=\\S*\\bupgrade\\b").contains("replaced: papa 0.2.0");
        }
    }

    @Test
    void a_process_that_ends_in_the_gap_is_told_with_its_code_and_its_output() {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            for (int i = 0; i < 40; i++) {
                start(session, "p" + i, "sleep " + (0.1 + i * 0.05) + "; echo bye; exit " + i);
            }
            mustHaveReplaced(UpgradedKernel.run(home, kernel));
            for (int i = 0; i < 40; i++) {
                String name = "p" + i;
                await(name + " has ended")
                        .atMost(LIMIT)
                        .until(() -> session.ask("list processes " + name).contains("ended="));
                assertThat(field(session.ask("list processes " + name), "exit")).isEqualTo("" + i);
                assertThat(session.ask("tail " + name)).isEqualTo("bye");
            }
        }
    }

    @Test
    void between_two_javas_there_and_back() throws IOException {
        Path own = Path.of(System.getProperty("java.home")).toRealPath();
        Path other = otherJava(own);
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            String pid = field(start(session, "counter", COUNTING), "pid");

            mustHaveReplaced(UpgradedKernel.run(home, kernel, "--java", other.toString()));
            assertThat(exe(kernel)).isEqualTo(other.resolve("bin/java").toRealPath());
            assertThat(field(session.ask("list processes counter"), "pid")).isEqualTo(pid);

            mustHaveReplaced(UpgradedKernel.run(home, kernel, "--java", own.toString()));
            assertThat(exe(kernel)).isEqualTo(own.resolve("bin/java"));
            assertThat(field(session.ask("list processes counter"), "pid")).isEqualTo(pid);
        }
    }

    private static Path exe(Kernel kernel) throws IOException {
        return Path.of("/proc", kernel.daemon().pid() + "", "exe").toRealPath();
    }

    /** Of another version where there is one, else ours by another path. */
    private Path otherJava(Path own) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/usr/lib/jvm"))) {
            for (Path each : (Iterable<Path>) all.sorted()::iterator) {
                if (!each.toRealPath().equals(own) && version(each) >= 17) {
                    return each;
                }
            }
        }
        return Files.createSymbolicLink(home.path("other-java"), own);
    }

    private static int version(Path jdk) {
        String release = Files.isExecutable(jdk.resolve("bin/java")) ? Home.read(jdk.resolve("release")) : "";
        return release.lines()
                .filter(line -> line.startsWith("JAVA_VERSION="))
                .map(line -> line.replaceFirst("[^0-9]*([0-9]+).*", "$1"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(0);
    }

    @Test
    void after_twenty_upgrades_it_has_what_it_had_after_two() {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            session.ask("make socket web port=0 host=127.0.0.1");
            start(session, "counter", COUNTING);
            start(session, "once", "echo done");
            upgrade(session, 2);
            // The thread that starts processes has just begun, too.
            await("all is open")
                    .atMost(LIMIT)
                    .until(() -> descriptors(kernel).toString().contains("/children"));
            List<String> descriptors = descriptors(kernel);
            List<String> words = withoutState(kernel);
            int environment = read(kernel, "environ").length();

            upgrade(session, 18);

            await("the same descriptors")
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertThat(descriptors(kernel)).isEqualTo(descriptors));
            assertThat(withoutState(kernel)).isEqualTo(words);
            assertThat(read(kernel, "environ")).hasSize(environment);
            assertThat(field(session.ask("stats"), "upgrades")).isEqualTo("20");
            if (Files.isDirectory(Installation.built().resolve("lib/archives"))) {
                assertThat(words)
                        .as("it starts from the archive of its classes")
                        .anyMatch(word -> word.contains("SharedArchiveFile"));
            }
        }
    }

    private static void upgrade(PapaSession session, int times) {
        for (int i = 0; i < times; i++) {
            session.send("upgrade\n");
            assertThat(session.readUntil(text -> text.endsWith("\n> "), Duration.ofSeconds(60)))
                    .contains("replaced: ");
        }
    }

    /** The state's number depends on what is open at that moment. */
    private static List<String> withoutState(Kernel kernel) {
        List<String> words = new ArrayList<>(words(kernel));
        words.remove(words.indexOf("--resume") + 1);
        return words;
    }

    @Test
    void signals_in_the_gap_neither_end_it_nor_are_lost() {
        long seed = Long.getLong("circus.seed", System.nanoTime());
        System.out.println("circus.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < Integer.getInteger("circus.rounds", 4); round++) {
            Kernel kernel = home.kernel();
            int child;
            try (PapaSession session = kernel.session()) {
                session.ask("hello");
                child = Integer.parseInt(field(start(session, "sleeper", "exec sleep 1000"), "pid"));
            }
            CompletableFuture<Commands.Result> upgrade =
                    CompletableFuture.supplyAsync(() -> UpgradedKernel.run(home, kernel));
            String storm = "for i in $(seq 50); do for s in HUP QUIT USR1 USR2; do kill -$s "
                    + kernel.daemon().pid() + " || exit 1; done; sleep 0.0" + random.nextInt(4) + "; done";
            CompletableFuture<Commands.Result> storming =
                    CompletableFuture.supplyAsync(() -> Commands.run(LIMIT, "/bin/bash", "-c", storm));
            boolean gap = round % 2 == 0;
            if (gap) {
                await("the new program begins")
                        .pollInterval(Duration.ofMillis(1))
                        .atMost(LIMIT)
                        .until(() -> words(kernel).contains("--resume"));
            }
            LockSupport.parkNanos((long) (random.nextDouble() * (gap ? 300e6 : 1500e6)));

            kernel.daemon().signal("TERM");

            assertThat(kernel.daemon().awaitExit(LIMIT))
                    .as(kernel.daemon().errors())
                    .isZero();
            assertThat(kernel.daemon().errors()).contains("got SIGTERM: ending all processes");
            assertThat(Path.of("/proc/" + child)).doesNotExist();
            upgrade.join();
            storming.join();
            home.mustBeEmpty();
        }
    }

    @Test
    void a_kernel_in_the_background_and_one_that_ends_when_idle_stay_what_they_are() throws IOException {
        Path socket = home.path("background.sock");
        home.run(LIMIT, Installation.launcher("papa"), "--daemonize", "--unix-socket", socket.toString())
                .mustSucceed();
        try (PapaSession session = PapaSession.connect(socket)) {
            String pid = field(session.ask("hello"), "pid");
            upgrade(session, 2);
            String now = Files.readString(Path.of("/proc", pid, "cmdline"));
            assertThat(Arrays.asList(now.split("\0"))).contains("--detached").doesNotContain("--daemonize");
            assertThat(Commands.run(LIMIT, "kill", pid).exit()).isZero();
        }
        home.mustBeEmpty();
    }

    @Test
    void what_is_started_after_it_gets_what_it_would_have_got_before() throws IOException {
        String script = "ulimit -Sn 512; umask 027; echo 300 > /proc/self/oom_score_adj; exec \"$@\"";
        Kernel kernel = home.kernelBelow("/bin/sh", "-c", script, "sh");
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            Path before = Path.of("/proc", field(start(session, "before", "exec sleep 100"), "pid"));
            upgrade(session, 2);
            Path after = Path.of("/proc", field(start(session, "after", "exec sleep 100"), "pid"));

            for (Path each : List.of(before, after)) {
                await("it is a sleep")
                        .atMost(LIMIT)
                        .until(() -> Home.read(each.resolve("comm")).equals("sleep\n"));
            }
            for (String file : List.of("limits", "oom_score_adj", "environ", "cgroup")) {
                assertThat(Home.read(after.resolve(file))).as(file).isEqualTo(Home.read(before.resolve(file)));
            }
            assertThat(mask(after)).isEqualTo(mask(before)).contains("Umask:\t0027", "SigBlk:\t0000000000000000");
            assertThat(Files.readSymbolicLink(after.resolve("cwd"))).isEqualTo(home.directory());
            assertThat(Home.read(after.resolve("oom_score_adj"))).isEqualTo("300\n");
            assertThat(Integer.parseInt(read(kernel, "oom_score_adj").strip())).isLessThanOrEqualTo(0);
        }
    }

    private static List<String> mask(Path process) {
        return Home.read(process.resolve("status"))
                .lines()
                .filter(line -> line.matches("(Umask|Sig(Blk|Ign|Cgt)):.*"))
                .toList();
    }

    @Test
    void papa_as_the_init_of_a_command_goes_on_with_the_same_manager() {
        Path socket = home.path("init.sock");
        Path manager = home.script("manager", "trap 'exit 5' TERM\necho $$ > pid\nwhile :; do sleep 0.1; done\n");
        // Words that look like those of an upgrade are the command's.
        Daemon papa = home.papa(
                "--unix-socket",
                socket.toString(),
                "--init",
                "--",
                manager.toString(),
                "--resume",
                "7",
                "--prove",
                "8");
        try (PapaSession session = PapaSession.connect(socket)) {
            session.ask("hello");
            await("the manager runs")
                    .atMost(LIMIT)
                    .until(() -> !Home.read(home.path("pid")).isBlank());
            String pid = Home.read(home.path("pid")).strip();
            upgrade(session, 2);
            assertThat(field(session.ask("stats"), "manager")).isEqualTo(pid);
            assertThat(Home.read(home.path("pid")).strip()).as("started once").isEqualTo(pid);
        }
        papa.signal("TERM");
        assertThat(papa.awaitExit(LIMIT)).as("the exit code of the manager").isEqualTo(5);
    }
}
