package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code circusd --check FILE} tells all that is wrong or would be dropped, and does nothing else. */
@ExtendWith(HomeExtension.class)
class CheckTest {
    private final Home home;

    CheckTest(Home home) {
        this.home = home;
    }

    @Test
    void a_good_file_is_good_and_nothing_comes_of_it() throws IOException {
        Path file = home.write("conf/good.ini", """
                [circus]
                pidfile = %1$s/circus.pid
                logoutput = %1$s/circus.log
                papa_endpoint = ipc://%1$s/papa.sock
                include = more.ini
                [watcher:a]
                cmd = touch %1$s/started
                stdout_stream.filename = %1$s/a.log
                [socket:s]
                path = %1$s/s.sock
                """.formatted(home.path("conf")));
        home.write("conf/more.ini", "[watcher:b]\ncmd = sleep 1000\n");

        Commands.Result result = check(file);

        assertThat(result.output()).isEqualTo(file + ": nothing wrong; 2 watchers, 1 socket\n");
        assertThat(result.errors()).isEmpty();
        assertThat(result.exit()).isZero();
        assertThat(files("conf")).containsExactly("good.ini", "more.ini");
        home.mustBeEmpty();
    }

    @Test
    void what_would_be_dropped_is_a_warning_and_hinders_nothing() {
        Path file = home.write("dropped.ini", """
                [watcher:a]
                cmd = sleep 1
                foo = 'one ; two'
                args = x
                args = y
                [wather:b]
                cmd = sleep 1
                [socket:s]
                path = s.sock
                port = 80
                """);

        Commands.Result result = check(file);

        assertThat(result.exit()).isZero();
        assertThat(result.output().lines().map(line -> line.replaceFirst(" +warning .*", "")))
                .containsExactly(
                        file + ":3:",
                        file + ":5:",
                        file + ":6:",
                        file + ":10:",
                        file + ": 4 warnings; 1 watcher, 1 socket");
        home.mustBeEmpty();
    }

    @Test
    void every_mistake_is_told_on_stdout_with_file_and_line_and_the_exit_code_says_so() {
        Path file = home.write("broken.ini", """
                [circus]
                check_delay = soon
                bogus = 1
                [watcher:a]
                numprocesses = two
                stray words
                [watcher:A]
                cmd = "x
                """);

        Commands.Result result = check(file);

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).isEmpty();
        assertThat(result.output().lines().map(line -> line.replaceFirst("(error|warning) .*", "$1")))
                .containsExactly(
                        file + ":2: error",
                        file + ":3: warning",
                        file + ":4: error",
                        file + ":5: error",
                        file + ":6: error",
                        file + ":7: error",
                        file + ":8: error",
                        file + ": 6 errors, 1 warning");
        home.mustBeEmpty();
    }

    @Test
    void a_file_that_is_not_there_is_a_mistake_and_no_file_a_wrong_option() {
        Path missing = home.path("nope.ini");

        assertThat(check(missing).exit()).isEqualTo(1);
        assertThat(check(missing).output()).contains(missing + ": error    cannot read the configuration");
        Commands.Result nothing = home.run(Duration.ofSeconds(20), Installation.launcher("circusd"), "--check");
        assertThat(nothing.exit()).isEqualTo(2);
        assertThat(nothing.errors()).contains("argument --check: give the configuration file");
    }

    @Test
    void the_help_tells_of_it() {
        assertThat(home.run(Duration.ofSeconds(20), Installation.launcher("circusd"), "--help")
                        .output())
                .contains("--check ");
    }

    private Commands.Result check(Path file) {
        return home.run(Duration.ofSeconds(20), Installation.launcher("circusd"), "--check", file.toString());
    }

    private List<String> files(String folder) throws IOException {
        try (Stream<Path> found = Files.list(home.path(folder))) {
            return found.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
