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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Real signals to a real kernel: what means nothing to it does not hurt it, TERM and INT end it in order. */
@ExtendWith(HomeExtension.class)
class KernelSignalsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Home home;

    KernelSignalsTest(Home home) {
        this.home = home;
    }

    private static CompletableFuture<Commands.Result> storm(Daemon daemon) {
        String storm = "for i in $(seq 100); do for s in HUP QUIT USR1 USR2 PIPE; do kill -$s " + daemon.pid()
                + " || exit 1; done; done";
        return CompletableFuture.supplyAsync(() -> Commands.run(LIMIT, "/bin/bash", "-c", storm));
    }

    @Test
    void a_hundred_of_each_do_not_hurt_a_kernel_that_is_at_work() {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            CompletableFuture<Commands.Result> storm = storm(kernel.daemon());
            int rounds = 0;
            while (!storm.isDone() || rounds < 20) {
                rounds++;
                assertThat(session.ask("make process p" + rounds + " path=/bin:/usr/bin -- sh -c \"echo hello\""))
                        .contains("incarnation=");
            }
            storm.join().mustSucceed();
            assertThat(session.ask("list processes")).contains("p" + rounds + " ");
        }
        assertThat(kernel.daemon().output()).as("no thread dump").isEmpty();
        kernel.daemon().signal("TERM");
        assertThat(kernel.daemon().awaitExit(LIMIT)).isZero();
    }

    @Test
    void nor_one_that_has_hardly_begun() throws IOException {
        Path socket = home.path("young.sock");
        Daemon daemon = home.papa("--unix-socket", socket.toString());
        Path status = Path.of("/proc", daemon.pid() + "", "status");
        // Before its first command a shell dies of a signal like any program; from then on nothing does harm.
        await("the launcher has said what it ignores")
                .pollInterval(Duration.ofMillis(1))
                .atMost(LIMIT)
                .until(() -> Files.readString(status).matches("(?s).*SigIgn:\\s+[0-9a-f]{12}1[0-9a-f]{2}[57].*"));

        storm(daemon).join().mustSucceed();

        try (PapaSession session = PapaSession.connect(socket)) {
            assertThat(session.ask("set a b")).isEmpty();
        }
    }

    @Test
    void what_a_kernel_is_to_read_is_blocked_in_all_its_threads() throws IOException {
        mustHaveBlocked(home.kernel());
    }

    @Test
    void it_blocks_them_itself_where_env_cannot() throws IOException {
        home.script("old/env", "echo no such option >&2; exit 125\n");
        mustKeepSignals(home.kernelBelow("/bin/sh", "-c", "PATH=" + home.path("old") + ":$PATH exec \"$@\"", "sh"));
    }

    @Test
    void and_where_it_is_started_without_its_launcher() throws IOException {
        String java = "shift; exec \"$JAVA_HOME/bin/java\" -cp '" + Installation.built()
                + "/lib/papa/*' papa.kernel.Papa \"$@\"";
        mustKeepSignals(home.kernelBelow("/bin/sh", "-c", java, "sh"));
    }

    private static void mustKeepSignals(Kernel kernel) throws IOException {
        mustHaveBlocked(kernel);
        storm(kernel.daemon()).join().mustSucceed();
        kernel.daemon().signal("TERM");
        assertThat(kernel.daemon().awaitExit(LIMIT)).isZero();
    }

    private static void mustHaveBlocked(Kernel kernel) throws IOException {
        Path threads = Path.of("/proc", kernel.daemon().pid() + "", "task");
        try (Stream<Path> all = Files.list(threads)) {
            for (Path thread : (Iterable<Path>) all::iterator) {
                boolean blocked;
                try {
                    blocked = hasBlocked(thread);
                } catch (IOException gone) {
                    continue; // the thread that loads classes ahead has ended
                }
                assertThat(blocked).as(thread + "").isTrue();
            }
        }
    }

    /** HUP, INT, QUIT, USR1, USR2, TERM. */
    private static boolean hasBlocked(Path thread) throws IOException {
        String mask = Files.readString(thread.resolve("status")).replaceFirst("(?s).*SigBlk:\\s+(\\S+)\n.*", "$1");
        return (Long.parseUnsignedLong(mask, 16) & 0x4a07) == 0x4a07;
    }

    @Test
    void term_is_not_lost_while_a_kernel_begins() throws IOException {
        Daemon daemon = home.papa("--unix-socket", home.path("young.sock").toString());
        // All of them: bash blocks TERM alone for a moment whenever it forks.
        await("the launcher has blocked it")
                .pollInterval(Duration.ofMillis(1))
                .atMost(LIMIT)
                .until(() -> hasBlocked(Path.of("/proc", daemon.pid() + "")));

        daemon.signal("TERM");

        assertThat(daemon.awaitExit(LIMIT)).isZero();
    }

    @Test
    void a_child_has_all_signals_at_their_defaults_and_nothing_of_the_kernels_environment() throws IOException {
        try (PapaSession session = home.kernel().session()) {
            session.ask("hello");
            String made = session.ask("make process nap env.ONLY=this -- /bin/sleep 60");
            Path process = Path.of("/proc", made.replaceFirst(".*pid=(\\d+).*", "$1"));

            // Linux lets the parent go on a moment before the exec is over.
            await("its environment is there")
                    .atMost(LIMIT)
                    .until(() -> Files.readString(process.resolve("environ")).equals("ONLY=this\0"));
            assertThat(Files.readString(process.resolve("status")))
                    .containsPattern("SigBlk:\\s+0{16}\n")
                    // glibc's posix_spawn ignores the two signals (32, 33) that it keeps for its own threads.
                    .containsPattern("SigIgn:\\s+(0{16}|0000000180000000)\n")
                    .containsPattern("SigCgt:\\s+0{16}\n");
        }
    }

    @Test
    void term_ends_all_that_runs_and_tells_what_nobody_read() throws IOException {
        Kernel kernel = home.kernel();
        Path stubborn = home.script("stubborn", "trap '' TERM\necho ready\nwhile :; do sleep 0.1; done\n");
        Path unix = home.path("held.sock");
        List<Integer> pids = new ArrayList<>();
        try (PapaSession session = kernel.session()) {
            session.ask("make socket s path=" + unix);
            pids.add(pid(session.ask("make process quick /bin/sleep 60")));
            pids.add(pid(session.ask("make process talker /bin/sh -c echo\\ unread;exec\\ /bin/sleep\\ 60")));
            pids.add(pid(session.ask("make process stubborn " + stubborn)));
            session.ask("hello");
            await("both have written")
                    .atMost(LIMIT)
                    .until(() -> session.ask("list processes")
                            .matches("(?s).*stubborn [^\n]*out=0:6 .*talker [^\n]*out=0:7 .*"));
        }
        assertThat(unix).exists();

        kernel.daemon().signal("TERM");
        kernel.daemon().signal("TERM");
        kernel.daemon().signal("INT");

        assertThat(kernel.daemon().awaitExit(LIMIT)).isZero();
        for (int pid : pids) {
            assertThat(Path.of("/proc/" + pid)).doesNotExist();
        }
        assertThat(unix).doesNotExist();
        assertThat(kernel.socket()).doesNotExist();
        assertThat(kernel.daemon().errors())
                .contains("ending with 13 bytes of output that nobody has read, of 2 processes:")
                .contains("talker (pid " + pids.get(1) + "): 7");
        home.mustBeEmpty();
    }

    private static int pid(String description) {
        Matcher matcher = Pattern.compile(" pid=(\\d+)").matcher(description);
        assertThat(matcher.find()).as(description).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    @Test
    void what_is_being_started_meanwhile_is_ended_too() {
        Kernel kernel = home.kernel();
        StringBuilder requests = new StringBuilder("hello framed\n");
        for (int i = 0; i < 200; i++) {
            requests.append(i).append(" make process p").append(i).append(" -- /bin/sleep 60\n");
        }
        try (PapaSession session = kernel.session()) {
            session.send(requests.toString());
            session.readUntil(text -> text.contains(" incarnation=1 "));
            kernel.daemon().signal("TERM");
            assertThat(kernel.daemon().awaitExit(LIMIT)).isZero();
        }
        home.mustBeEmpty();
    }

    @Test
    void the_kernel_is_ended_later_than_its_children_when_memory_is_short() throws IOException {
        Path socket = home.path("oom.sock");
        String papa = Installation.launcher("papa").toString();
        home.run(
                        LIMIT,
                        Path.of("/bin/sh"),
                        "-c",
                        "echo 500 > /proc/self/oom_score_adj; exec " + papa + " --daemonize --unix-socket " + socket)
                .mustSucceed();
        try (PapaSession session = PapaSession.connect(socket)) {
            int own = pid(session.ask("hello"));
            int child = pid(session.ask("make process nap -- /bin/sh -c \"/bin/sleep 60 & wait\""));

            // Without the privilege to go below 0, as far as 0.
            assertThat(score(own)).isLessThanOrEqualTo(0);
            assertThat(score(child)).isEqualTo(500);
            await("its child runs").atMost(LIMIT).until(() -> !children(child).isEmpty());
            assertThat(score(Integer.parseInt(children(child).split(" ")[0]))).isEqualTo(500);
            assertThat(score(own)).isLessThanOrEqualTo(0);
        }
    }

    private static int score(int pid) throws IOException {
        return Integer.parseInt(
                Files.readString(Path.of("/proc/" + pid + "/oom_score_adj")).strip());
    }

    private static String children(int pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children"))
                .strip();
    }
}
