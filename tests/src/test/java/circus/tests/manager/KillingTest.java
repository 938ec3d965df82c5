package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** kill and signal with real processes: workers with children and grandchildren, deaf and obedient. */
@ExtendWith(HomeExtension.class)
class KillingTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** A worker with two children, of which the second has one of its own; each says its pid and what it hears. */
    private static final String FAMILY = """
            hear() { for s in HUP USR1 USR2; do trap "echo $1 $s" $s; done; }
            tick() { while :; do sleep 0.05; done; }
            (hear first; echo first $(sh -c 'echo $PPID'); tick) &
            (hear second; echo second $(sh -c 'echo $PPID')
             (hear grand; echo grand $(sh -c 'echo $PPID'); tick) & tick) &
            hear worker
            echo worker $$
            tick
            """;

    private final Home home;

    KillingTest(Home home) {
        this.home = home;
    }

    private Circus family(String options) {
        Path script = home.write("family.sh", FAMILY);
        return home.circus("family", "", """
                [watcher:fam]
                cmd = sh %s
                copy_env = true
                stdout_stream.class = FileStream
                stdout_stream.filename = %s
                %s
                """.formatted(script, home.path("fam.log"), options));
    }

    private String said() {
        return Home.read(home.path("fam.log"));
    }

    /** The pid that a member of the family has said last. */
    private int pid(String who) {
        Matcher matcher =
                Pattern.compile("^" + who + " (\\d+)$", Pattern.MULTILINE).matcher(said());
        int pid = 0;
        while (matcher.find()) {
            pid = Integer.parseInt(matcher.group(1));
        }
        return pid;
    }

    private List<Integer> awaitFamily() {
        List<String> all = List.of("worker", "first", "second", "grand");
        await("a family").atMost(SOON).until(() -> all.stream().allMatch(each -> pid(each) > 0));
        return all.stream().map(this::pid).toList();
    }

    private void awaitSaid(String... lines) {
        await(Arrays.toString(lines))
                .atMost(SOON)
                .until(() -> said().lines().toList().containsAll(List.of(lines)));
    }

    private static boolean runs(int pid) {
        return ProcessHandle.of(pid).isPresent();
    }

    @Test
    void a_worker_that_is_killed_takes_its_tree_along_and_is_replaced() {
        Circus circus = family("graceful_timeout = 1");
        circus.start();
        List<Integer> before = awaitFamily();

        assertThat(circus.tell("kill", "fam", "--waiting")).isEqualTo("ok");

        assertThat(before).noneMatch(KillingTest::runs);
        await("another").atMost(SOON).until(() -> pid("grand") > 0 && !before.contains(pid("grand")));
        assertThat(circus.tell("status", "fam")).isEqualTo("active");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void one_that_ignores_its_signal_is_killed_at_the_time_that_was_asked_for() {
        Circus circus = home.circus("deaf", "", """
                [watcher:deaf]
                cmd = sh -c 'trap "" TERM; (trap "" TERM; sleep 1000) & echo deaf; while :; do sleep 1; done'
                copy_env = true
                numprocesses = 2
                graceful_timeout = 600
                stdout_stream.class = FileStream
                stdout_stream.filename = %s
                """.formatted(home.path("deaf.log")));
        circus.start();
        List<Integer> before = circus.awaitWorkers("deaf", 2);
        await("their traps are set")
                .atMost(SOON)
                .until(() -> Home.read(home.path("deaf.log")).equals("deaf\ndeaf\n"));
        String victim = before.get(0).toString();

        assertThat(circus.tell("kill", "deaf", victim, "--waiting", "--graceful_timeout", "0.5"))
                .isEqualTo("ok");

        await("another").atMost(SOON).until(() -> circus.pids("deaf").size() == 2);
        assertThat(circus.pids("deaf")).contains(before.get(1)).doesNotContain(before.get(0));
        // The stop alone would take ten minutes.
        assertThat(circus.tell("stop", "deaf")).isEqualTo("ok");
        assertThat(circus.tell("status", "deaf")).isEqualTo("stopping");
        assertThat(circus.tell("kill", "deaf", "--signum", "KILL", "--waiting")).isEqualTo("ok");
        await("stopped").atMost(SOON).until(() -> circus.tell("status", "deaf").equals("stopped"));
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_signal_reaches_just_whom_it_is_for() {
        Circus circus = family("");
        circus.start();
        List<Integer> before = awaitFamily();
        String worker = Integer.toString(pid("worker"));

        assertThat(circus.tell("signal", "FAM", "hup")).isEqualTo("ok");
        awaitSaid("worker HUP");
        assertThat(circus.tell("signal", "fam", worker, "SIGUSR1", "--children"))
                .isEqualTo("ok");
        awaitSaid("first USR1", "second USR1");
        assertThat(circus.tell("signal", "fam", worker, "12", "--recursive")).isEqualTo("ok");
        awaitSaid("worker USR2", "first USR2", "second USR2", "grand USR2");
        assertThat(circus.call(
                                "signal",
                                Map.of("name", "fam", "signum", "HUP", "pid", pid("worker"), "childpid", pid("first")))
                        .isError())
                .isFalse();
        awaitSaid("first HUP");
        assertThat(circus.call("signal", Map.of("name", "fam", "signum", "HUP", "child_pid", pid("second")))
                        .isError())
                .isFalse();
        awaitSaid("second HUP");
        assertThat(circus.call(
                                "signal",
                                Map.of("name", "fam", "signum", "KILL", "pid", pid("worker"), "childpid", pid("grand")))
                        .reason())
                .contains("process " + pid("grand") + " is not a child of process " + worker);

        assertThat(said().lines())
                .doesNotContain("grand USR1", "worker USR1", "grand HUP")
                .containsOnlyOnce("worker HUP", "first HUP", "second HUP", "grand USR2");
        assertThat(before).allMatch(KillingTest::runs);
        assertThat(circus.ctl("signal", "fam", "SIGBOGUS").exit()).isEqualTo(3);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_signal_that_ends_the_worker_at_once_still_reaches_all_its_descendants() {
        Circus circus = family("");
        circus.start();
        List<Integer> before = awaitFamily();

        assertThat(circus.tell("signal", "fam", "KILL", "--recursive")).isEqualTo("ok");

        await("all gone").atMost(SOON).until(() -> before.stream().noneMatch(KillingTest::runs));
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void the_daemon_tells_of_its_sockets_its_endpoints_and_itself() {
        int port = Home.freePort();
        Circus circus = home.circus("looks", "check_delay = 2", """
                [socket:web]
                host = localhost
                port = %d
                [socket:unix]
                path = %s
                [socket:any]
                host = 127.0.0.1
                port = 0
                so_reuseport = true
                [watcher:app]
                cmd = sleep 1000
                args = $(circus.sockets.any)
                use_sockets = true
                numprocesses = 2
                """.formatted(port, home.path("x.sock")));
        circus.start();
        List<Integer> pids = circus.awaitWorkers("app", 2);

        assertThat(circus.tell("listsockets").lines())
                .hasSize(3)
                .anyMatch(line -> line.matches("\\d+:socket 'web' at 127\\.0\\.0\\.1:" + port))
                .anyMatch(line -> line.endsWith(":socket 'unix' at " + home.path("x.sock")))
                .anyMatch(line -> line.matches("\\d+:socket 'any' at 127\\.0\\.0\\.1:[1-9]\\d+"));
        assertThat(circus.tell("--json", "listsockets")).containsPattern("\"slots\": \\[\\d+, \\d+]");
        assertThat(circus.tell("globaloptions"))
                .isEqualTo("endpoint: " + circus.endpoint()
                        + "\nstats_endpoint: tcp://127.0.0.1:5557\npubsub_endpoint: " + circus.eventEndpoint()
                        + "\ncheck_delay: 2.0\nmulticast_endpoint: udp://237.219.251.97:12027");
        Commands.Result unknown = circus.ctl("globaloptions", "zzz");
        assertThat(unknown.errors()).isEqualTo("'zzz' not an existing option\n");
        assertThat(unknown.exit()).isEqualTo(3);
        assertThat(circus.tell("dstats"))
                .startsWith("Main Process:\n    " + circus.manager().pid() + "  circusd ");
        assertThat(circus.tell("ipython")).startsWith("error: not supported");
        assertThat(pids).allMatch(KillingTest::runs);
        circus.terminate();
        home.mustBeEmpty();
    }
}
