package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What can run, runs; what cannot, says why, where and what to do; exit codes differ from 0. */
@ExtendWith(HomeExtension.class)
class BadInputTest {
    private static final Duration TO_REFUSE = Duration.ofSeconds(20);
    private static final String GOOD = "[watcher:good]\ncmd = sleep 1000\n";

    private final Home home;

    BadInputTest(Home home) {
        this.home = home;
    }

    @Test
    void a_file_that_is_not_there_is_named() {
        Commands.Result result = circusd(home.path("nope.ini").toString());

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).contains(home.path("nope.ini").toString());
        home.mustBeEmpty();
    }

    @Test
    void an_unknown_command_line_option_is_a_usage_error() {
        assertThat(circusd("--bogus").exit()).isEqualTo(2);
        assertThat(circusd("--version").exit()).isZero();
        assertThat(circusd("--help").output()).contains("--daemon").contains("--log-level");
    }

    @Test
    void a_broken_file_tells_all_of_its_mistakes_with_file_and_line_and_starts_nothing() {
        Path file = home.write("broken.ini", """
                [circus]
                check_delay = soon
                [watcher:a]
                cmd = sleep 1
                numprocesses = two
                stop_signal = SIGBOGUS
                [watcher:b]
                numprocesses = 1
                [socket:web]
                port = http
                [watcher:c]
                cmd = sleep 1
                hooks.before_start = a.b
                """);

        Commands.Result result = circusd(file.toString());

        assertThat(result.exit()).isEqualTo(1);
        for (int line : new int[] {2, 5, 6, 10, 13}) {
            assertThat(result.errors()).contains(file + ":" + line);
        }
        assertThat(result.errors())
                .contains("check_delay", "soon", "numprocesses", "two", "SIGBOGUS", "http", "hooks.before_start")
                .doesNotContain("Exception", "\tat ");
        home.mustBeEmpty();
    }

    @Test
    void what_is_no_ini_at_all_is_told_with_its_line() {
        Path file = home.write("prose.ini", "Dear circusd,\nplease start everything.\n");

        Commands.Result result = circusd(file.toString());

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).contains(file + ":1");
        home.mustBeEmpty();
    }

    @Test
    void an_unknown_option_is_a_warning_with_file_and_line_and_the_rest_runs() {
        Circus circus = home.circus("typo", "", GOOD + "numproceses = 3\n");

        circus.start();

        assertThat(circus.awaitWorkers("good", 1)).hasSize(1);
        int line = (int) Home.read(circus.file())
                        .lines()
                        .takeWhile(text -> !text.startsWith("numproceses"))
                        .count()
                + 1;
        assertThat(circus.manager().errors())
                .contains(circus.file() + ":" + line)
                .contains("numproceses");
    }

    @Test
    void a_program_that_is_missing_stops_its_watcher_and_no_other() {
        Circus circus = home.circus("missing", "", GOOD + "[watcher:bad]\ncmd = /no/such/program --x\nmax_retry = 2\n");

        circus.start();

        circus.awaitWorkers("good", 1);
        await("bad gives up")
                .atMost(TO_REFUSE)
                .until(() -> circus.tell("status", "bad").equals("stopped"));
        assertThat(circus.manager().errors()).contains("bad").contains("/no/such/program");
        assertThat(circus.tell("status", "good")).isEqualTo("active");
    }

    @Test
    void a_directory_that_is_missing_is_named_as_the_directory() {
        Circus circus = home.circus(
                "nodir", "", GOOD + "[watcher:bad]\ncmd = sleep 1\nworking_dir = /no/such/dir\nmax_retry = 1\n");

        circus.start();

        circus.awaitWorkers("good", 1);
        await("bad gives up")
                .atMost(TO_REFUSE)
                .until(() -> circus.tell("status", "bad").equals("stopped"));
        assertThat(circus.manager().errors()).contains("/no/such/dir").contains("directory");
    }

    @Test
    void a_port_in_use_ends_the_start_with_its_name_and_leaves_nothing() throws IOException {
        int port = Home.freePort();
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            Circus circus = home.circus(
                    "taken", "", GOOD + "[socket:web]\nhost = 127.0.0.1\nport = " + other.getLocalPort() + "\n");

            Daemon refused = circus.launch();

            assertThat(refused.awaitExit(TO_REFUSE)).isEqualTo(1);
            assertThat(refused.errors()).contains("127.0.0.1:" + port).contains("in use");
        }
        home.mustBeEmpty();
    }

    @Test
    void a_log_directory_that_cannot_be_written_is_told_and_the_rest_runs() {
        Circus circus = home.circus(
                "nolog",
                "",
                GOOD
                        + "[watcher:bad]\ncmd = sleep 1000\nstdout_stream.class = FileStream\nstdout_stream.filename = /proc/nope/x.log\n");

        Daemon daemon = circus.launch();

        await("it is told").atMost(TO_REFUSE).until(() -> daemon.errors().contains("/proc/nope/x.log"));
        circus.awaitWorkers("good", 1);
        assertThat(circus.tell("status", "good")).isEqualTo("active");
    }

    @Test
    void a_log_that_comes_to_its_senses_gets_what_was_held_back() {
        Path folder = home.path("later");
        Circus circus = home.circus(
                "later",
                "",
                "[watcher:talk]\ncmd = sh -c 'echo first; exec sleep 1000'\ncopy_env = true\nstdout_stream.class = FileStream\n"
                        + "stdout_stream.filename = " + folder.resolve("x.log") + "\n");

        Daemon daemon = circus.launch();
        await("it is told").atMost(TO_REFUSE).until(() -> daemon.errors().contains(folder.toString()));
        home.write("later/made", "");

        await("the held output is written")
                .atMost(Duration.ofSeconds(30))
                .until(() -> Home.read(folder.resolve("x.log")).equals("first\n"));
    }

    private Commands.Result circusd(String... arguments) {
        return home.run(Duration.ofSeconds(20), Installation.launcher("circusd"), arguments);
    }
}
