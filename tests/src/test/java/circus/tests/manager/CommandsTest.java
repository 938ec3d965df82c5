package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each command of {@code circusctl}, through the real one, with Circus's output and exit codes. */
@ExtendWith(HomeExtension.class)
class CommandsTest {
    private static final String TWO_WATCHERS = """
            [watcher:Sleeper]
            cmd = sleep 1000
            numprocesses = 2
            graceful_timeout = 2

            [watcher:quiet]
            cmd = sleep 1000
            autostart = false
            """;

    private final Circus circus;
    private final Home home;

    CommandsTest(Home home) {
        this.home = home;
        circus = home.circus("commands", "", TWO_WATCHERS);
    }

    @Test
    void list_numprocesses_numwatchers_and_status_tell_what_is() {
        circus.start();
        List<Integer> pids = circus.awaitWorkers("sleeper", 2);

        assertThat(circus.tell("list")).isEqualTo("quiet,sleeper");
        assertThat(circus.tell("list", "sleeper"))
                .isEqualTo(pids.stream().map(String::valueOf).collect(Collectors.joining(",")));
        assertThat(circus.tell("list", "quiet")).isEmpty();
        assertThat(circus.tell("status")).isEqualTo("Sleeper: active\nquiet: stopped");
        assertThat(circus.tell("status", "QUIET")).isEqualTo("stopped");
        assertThat(circus.tell("numprocesses")).isEqualTo("2");
        assertThat(circus.tell("numprocesses", "quiet")).isEqualTo("0");
        assertThat(circus.tell("numwatchers")).isEqualTo("2");
    }

    @Test
    void start_stop_and_restart_do_so_and_wait_when_asked() {
        circus.start();
        List<Integer> first = circus.awaitWorkers("sleeper", 2);

        assertThat(circus.tell("restart", "--waiting", "sleeper")).isEqualTo("ok");
        List<Integer> second = circus.pids("sleeper");
        assertThat(second).hasSize(2).doesNotContainAnyElementsOf(first);

        assertThat(circus.tell("stop", "--waiting", "sleeper")).isEqualTo("ok");
        assertThat(circus.tell("status", "sleeper")).isEqualTo("stopped");
        assertThat(circus.pids("sleeper")).isEmpty();
        assertThat(second).noneMatch(CommandsTest::runs);

        assertThat(circus.tell("start", "--waiting", "quiet")).isEqualTo("ok");
        assertThat(circus.tell("status")).isEqualTo("Sleeper: stopped\nquiet: active");
    }

    @Test
    void incr_and_decr_change_the_number_and_tell_it_when_they_wait() {
        circus.start();
        circus.awaitWorkers("sleeper", 2);

        assertThat(circus.tell("incr", "--waiting", "sleeper", "2")).isEqualTo("4");
        assertThat(circus.pids("sleeper")).hasSize(4);
        assertThat(circus.tell("decr", "--waiting", "sleeper")).isEqualTo("3");
        assertThat(circus.pids("sleeper")).hasSize(3);
        assertThat(circus.tell("incr", "sleeper")).isEqualTo("ok");
        circus.awaitWorkers("sleeper", 4);
    }

    @Test
    void what_incr_and_stop_changed_outlives_the_manager() {
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        circus.tell("incr", "--waiting", "sleeper", "2");
        circus.tell("start", "--waiting", "quiet");
        List<Integer> pids = circus.pids("sleeper");

        circus.manager().kill9();
        circus.start();

        assertThat(circus.pids("sleeper")).containsExactlyInAnyOrderElementsOf(pids);
        assertThat(circus.tell("get", "sleeper", "numprocesses")).isEqualTo("numprocesses: 4");
        assertThat(circus.tell("status", "quiet")).isEqualTo("active");
    }

    @Test
    void options_get_and_stats_tell_about_a_watcher() {
        circus.start();
        List<Integer> pids = circus.awaitWorkers("sleeper", 2);

        assertThat(circus.tell("get", "sleeper", "cmd", "numprocesses", "graceful_timeout"))
                .isEqualTo("cmd: sleep 1000\nnumprocesses: 2\ngraceful_timeout: 2.0");
        assertThat(circus.tell("options", "sleeper"))
                .contains("stop_signal: 15")
                .contains("cmd: sleep 1000");
        assertThat(circus.tell("stats", "sleeper"))
                .startsWith("sleeper:\n")
                .contains(pids.get(0) + ": " + pids.get(0) + "  sleep ")
                .contains(pids.get(1) + ": ");
        assertThat(circus.tell("stats")).contains("Sleeper:").contains("quiet:");
    }

    @Test
    void what_cannot_be_is_told_on_stderr_with_its_exit_code() {
        circus.start();

        Commands.Result unknown = circus.ctl("list", "nope");
        assertThat(unknown.exit()).isEqualTo(3);
        assertThat(unknown.errors()).isEqualTo("error: program nope not found\n");
        assertThat(unknown.output()).isEmpty();
        Commands.Result tooFew = circus.ctl("get", "sleeper");
        assertThat(tooFew.exit()).isEqualTo(1);
        assertThat(tooFew.errors()).isEqualTo("Invalid number of arguments\n");
        assertThat(circus.ctl("bogus").exit()).isEqualTo(2);
        Commands.Result json = circus.ctl("--json", "list", "nope");
        assertThat(json.exit()).isZero();
        assertThat(json.output()).contains("\"errno\": 3");
    }

    @Test
    void json_is_the_reply_as_it_came() {
        circus.start();

        String reply = circus.tell("--json", "numwatchers");

        assertThat(reply)
                .matches("\\{\"status\": \"ok\", \"time\": \\d+\\.\\d+, \"numwatchers\": 2, \"id\": \"[0-9a-f]{32}\"}");
    }

    @Test
    void a_daemon_that_is_not_there_is_a_time_out_in_the_words_of_circus() {
        Commands.Result result = circus.ctl("--timeout", "1", "list");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors())
                .startsWith("Timed out.\nA time out usually happens in one of those cases:\n")
                .contains("#1 The Circus daemon could not be reached.");
    }

    @Test
    void quit_without_use_papa_leaves_nothing() {
        circus.start();
        List<Integer> pids = circus.awaitWorkers("sleeper", 2);

        assertThat(circus.tell("quit", "--waiting")).isEqualTo("ok");

        assertThat(circus.manager().awaitExit(Duration.ofSeconds(10))).isZero();
        assertThat(pids).noneMatch(CommandsTest::runs);
        home.mustBeEmpty();
    }

    @Test
    void sigterm_and_sigint_are_a_quit() {
        for (String signal : List.of("TERM", "INT")) {
            circus.start();
            List<Integer> pids = circus.awaitWorkers("sleeper", 2);

            circus.manager().signal(signal);

            assertThat(circus.manager().awaitExit(Duration.ofSeconds(10)))
                    .as(signal)
                    .isZero();
            assertThat(pids).as(signal).noneMatch(CommandsTest::runs);
            home.mustBeEmpty();
        }
    }

    @Test
    void a_worker_that_ignores_its_stop_signal_is_killed_at_its_graceful_timeout() {
        Circus stubborn = home.circus("stubborn", "", """
                [watcher:deaf]
                cmd = sh -c 'trap "" TERM; echo deaf; while :; do sleep 1; done'
                copy_env = true
                graceful_timeout = 0.5
                stdout_stream.class = FileStream
                stdout_stream.filename = %s
                """.formatted(home.path("deaf.log")));
        stubborn.start();
        List<Integer> pids = stubborn.awaitWorkers("deaf", 1);
        await("its trap is set").until(() -> Home.read(home.path("deaf.log")).equals("deaf\n"));

        long began = System.nanoTime();
        assertThat(stubborn.tell("stop", "--waiting", "deaf")).isEqualTo("ok");

        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(Duration.ofMillis(500), Duration.ofSeconds(8));
        assertThat(pids).noneMatch(CommandsTest::runs);
        stubborn.terminate();
        home.mustBeEmpty();
    }

    @Test
    void quit_terminate_ends_even_what_has_use_papa_and_the_kernel_with_it() {
        Circus marked = home.circus("marked", "use_papa = true", TWO_WATCHERS);
        marked.start();
        List<Integer> pids = marked.awaitWorkers("sleeper", 2);

        marked.terminate();

        assertThat(pids).noneMatch(CommandsTest::runs);
        home.mustBeEmpty();
    }

    private static boolean runs(int pid) {
        return ProcessHandle.of(pid).isPresent();
    }
}
