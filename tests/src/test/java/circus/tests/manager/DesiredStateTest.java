package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an operator did while circusd ran holds: for the next manager, and for the next kernel. */
@ExtendWith(HomeExtension.class)
class DesiredStateTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Circus circus;
    private final Path stateFile;

    DesiredStateTest(Home home) {
        this.stateFile = home.path("kept/state.json");
        this.circus = home.circus("wishes", "state_file = " + stateFile, """
                [watcher:a]
                cmd = sleep 1000
                graceful_timeout = 5

                [watcher:b]
                cmd = sleep 1000

                [watcher:c]
                cmd = sleep 1000
                """);
    }

    @BeforeEach
    void change() {
        circus.start();
        circus.tell("incr", "--waiting", "a", "2");
        circus.tell("set", "--waiting", "a", "graceful_timeout", "7");
        circus.tell("set", "--waiting", "a", "cmd", "sleep 1001");
        circus.tell("stop", "--waiting", "b");
        circus.tell("rm", "c");
        circus.tell("add", "--start", "d", "sleep 1002");
        circus.awaitWorkers("d", 1);
    }

    private void assertThatItHolds() {
        assertThat(circus.tell("status")).isEqualTo("a: active\nb: stopped\nd: active");
        circus.awaitWorkers("a", 3);
        circus.awaitWorkers("d", 1);
        assertThat(circus.tell("options", "a", "--changes")).isEqualTo("""
                cmd: sleep 1001 (ini: sleep 1000)
                graceful_timeout: 7.0 (ini: 5.0)
                numprocesses: 3 (ini: 1)""");
        assertThat(circus.tell("status", "--changes")).contains("c: removed", "d: added");
    }

    @Test
    void it_holds_when_the_manager_is_killed_and_no_worker_notices() {
        List<Integer> workers = circus.pids("a");
        circus.manager().kill9();
        circus.start();
        assertThatItHolds();
        assertThat(circus.pids("a")).isEqualTo(workers);
        circus.terminate();
        assertThat(stateFile).as("a quit forgets").doesNotExist();
    }

    @Test
    void it_holds_when_manager_and_kernel_are_lost() {
        await("the file").atMost(PATIENCE).until(() -> Home.read(stateFile).contains("sleep 1002"));
        List<Integer> orphans = Stream.of("a", "d")
                .flatMap(watcher -> circus.pids(watcher).stream())
                .toList();
        int kernel = Integer.parseInt(circus.askKernel("stats").replaceAll("(?s).*\\bpid=(\\d+).*", "$1"));
        circus.manager().kill9();
        kill(kernel);

        circus.start();

        assertThatItHolds();
        assertThat(orphans)
                .allMatch(pid -> circus.manager().errors().contains("pid " + pid + " of "))
                .doesNotContainAnyElementsOf(circus.pids("a"));
        assertThat(circus.manager().errors()).contains("is taken from the state file");
        circus.terminate();
    }

    @Test
    void fresh_forgets_all_of_it() {
        circus.manager().kill9();
        circus.start("--fresh");
        await("as in the file")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(circus.tell("status")).isEqualTo("a: active\nb: active\nc: active"));
        circus.awaitWorkers("a", 1);
        assertThat(circus.tell("get", "a", "cmd")).isEqualTo("cmd: sleep 1000");
        await("no file").atMost(PATIENCE).until(() -> !Files.exists(stateFile));
        circus.terminate();
    }

    @Test
    void what_the_file_says_about_the_same_thing_meanwhile_counts_more() {
        circus.manager().kill9();
        circus.edit("graceful_timeout = 5", "graceful_timeout = 6");
        circus.edit("[watcher:c]", "[watcher:c]\nnumprocesses = 2");
        circus.start();
        circus.awaitWorkers("c", 2);
        assertThat(circus.tell("get", "a", "graceful_timeout", "cmd"))
                .isEqualTo("graceful_timeout: 6.0\ncmd: sleep 1001");
        assertThat(circus.manager().errors())
                .contains("7.0 -> 6.0 (set at run time; the file wins)", "it was removed at run time, but its section");
        circus.terminate();
    }

    @Test
    void a_state_file_that_cannot_be_written_is_told_and_stops_nothing() throws Exception {
        circus.terminate();
        Files.delete(stateFile.getParent());
        Files.writeString(stateFile.getParent(), "in the way");
        circus.start();
        circus.tell("set", "--waiting", "a", "max_retry", "9");
        await("a warning")
                .atMost(PATIENCE)
                .until(() -> circus.manager().errors().contains("cannot write the state file"));
        assertThat(circus.tell("get", "a", "max_retry")).isEqualTo("max_retry: 9");
        circus.terminate();
    }

    private static void kill(int pid) {
        assertThat(ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly)).contains(true);
    }
}
