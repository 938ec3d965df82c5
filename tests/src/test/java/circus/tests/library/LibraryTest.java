package circus.tests.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Commands;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Managers inside {@link HostProgram}, which runs on the jars of the build, as a user's program would. */
@ExtendWith(HomeExtension.class)
class LibraryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final Home home;

    LibraryTest(Home home) {
        this.home = home;
    }

    @Test
    void four_lines_run_four_processes_until_somebody_quits() throws Exception {
        Path output = home.path("host.out");
        Process host = program("four-lines").redirectOutput(output.toFile()).start();
        await("its endpoint").atMost(PATIENCE).until(() -> Home.read(output).contains("\n"));
        String endpoint = Home.read(output).strip();

        await("four workers")
                .atMost(PATIENCE)
                .until(() -> ctl(endpoint, "numprocesses").text().equals("4"));
        ctl(endpoint, "quit", "--waiting").mustSucceed();

        assertThat(host.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(Home.read(output)).isEqualTo(endpoint + "\n0\n");
        assertThat(host.exitValue()).isZero();
        home.mustBeEmpty();
    }

    /** The program's own signal handling is the JVM's, whose exit code tells of the signal; workers end before it does. */
    @Test
    void a_program_that_is_ended_by_a_signal_stops_its_workers_first() throws Exception {
        Path output = home.path("host.out");
        Process host =
                program("named", "signalled").redirectOutput(output.toFile()).start();
        List<Long> pids = awaitPids(output);

        host.destroy();

        assertThat(host.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(host.exitValue()).isEqualTo(128 + 15);
        assertThat(pids).noneMatch(LibraryTest::isAlive);
        home.mustBeEmpty();
    }

    @Test
    void the_workers_of_a_program_that_is_killed_are_found_by_its_next_run() throws Exception {
        Path output = home.path("host.out");
        Process host =
                program("named", "killed").redirectOutput(output.toFile()).start();
        List<Long> pids = awaitPids(output);
        host.destroyForcibly().waitFor();
        assertThat(pids).allMatch(LibraryTest::isAlive);

        Path again = home.path("again.out");
        Process next = program("named", "killed").redirectOutput(again.toFile()).start();

        assertThat(awaitPids(again)).isEqualTo(pids);
        ctl(Home.read(again).lines().toList().get(1), "quit", "--waiting").mustSucceed();
        assertThat(next.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        home.mustBeEmpty();
    }

    @Test
    void one_program_has_several_managers_and_leaves_no_thread_behind() {
        assertThat(lines("two")).containsExactly("false true", "[]");
        home.mustBeEmpty();
    }

    @Test
    void streams_and_logging_stay_the_programs_own() {
        assertThat(lines("untouched")).containsExactly("true", "true", "false", "true");
        home.mustBeEmpty();
    }

    @Test
    void all_mistakes_are_told_at_once() {
        List<String> lines = lines("wrong");
        assertThat(lines.get(1)).startsWith("cannot use graceful_timeout = soon in [watcher:sleep]");
        assertThat(lines.get(0)).startsWith("cannot use numprocesses = many in [watcher:sleep]");
        assertThat(lines.subList(2, lines.size()))
                .containsExactly("cannot have a watcher 'web' without a cmd", "cannot have two [watcher:sleep]");
        home.mustBeEmpty();
    }

    @Test
    void a_second_manager_of_a_name_is_refused_and_hurts_nobody() {
        assertThat(lines("same-name"))
                .singleElement()
                .asString()
                .startsWith("cannot ")
                .contains("twice.endpoint");
        home.mustBeEmpty();
    }

    @Test
    void what_workers_print_goes_where_the_program_says() {
        assertThat(lines("output")).containsExactly("hello you 1");
        home.mustBeEmpty();
    }

    @Test
    void workers_share_its_sockets() {
        assertThat(lines("sockets")).containsExactly("ok");
        home.mustBeEmpty();
    }

    @Test
    void commands_are_those_of_circusd_but_for_an_upgrade() {
        List<String> lines = lines("commands");
        assertThat(lines.get(0)).startsWith("cannot upgrade: this manager is part of a program");
        assertThat(lines.subList(1, lines.size())).containsExactly("ok", "2", "ok", "0");
        home.mustBeEmpty();
    }

    @Test
    void a_program_adds_a_command_of_its_own() {
        assertThat(lines("own-command")).containsExactly("42");
        home.mustBeEmpty();
    }

    @Test
    void plugins_run_in_it() {
        assertThat(lines("plugin")).containsExactly("active");
        home.mustBeEmpty();
    }

    @Test
    void programs_that_it_needs_are_found_beside_its_jars() {
        DebianPython.require("json", "python3");
        home.write("diary.py", "def note(**point):\n    open('diary', 'w').close()\n    return True\n");
        ProcessBuilder host = program("programs");
        host.environment().put("PATH", DebianPython.PATH);
        assertThat(Commands.run(PATIENCE, host).mustSucceed().output()).isEqualTo("true\n");
        home.mustBeEmpty();
    }

    @Test
    void after_a_detach_the_workers_run_on_and_the_same_program_takes_them_over() {
        assertThat(lines("detach")).containsExactly("ok 0", "true", "true");
        home.mustBeEmpty();
    }

    private List<String> lines(String... words) {
        Commands.Result result = Commands.run(PATIENCE, program(words)).mustSucceed();
        return result.output().lines().toList();
    }

    private ProcessBuilder program(String... words) {
        try {
            Path classes = Path.of(HostProgram.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path lib = Installation.built().resolve("lib");
            Path folder = Files.createDirectories(home.path("run"));
            List<String> command = new ArrayList<>(List.of(
                    Installation.java().toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    lib.resolve("circus") + "/*:" + lib.resolve("papa") + "/*:" + classes,
                    HostProgram.class.getName()));
            command.addAll(List.of(words));
            ProcessBuilder builder = home.prepared(command);
            builder.environment().put("PAPA_SOCKET", folder.resolve("papa.sock").toString());
            return builder;
        } catch (URISyntaxException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Commands.Result ctl(String endpoint, String... words) {
        List<String> all = new ArrayList<>(List.of("--endpoint", endpoint));
        all.addAll(List.of(words));
        return home.run(PATIENCE, Installation.launcher("circusctl"), all.toArray(String[]::new));
    }

    /** The first line that it prints. */
    private static List<Long> awaitPids(Path output) {
        await("its workers")
                .atMost(PATIENCE)
                .until(() -> Home.read(output).lines().count() >= 2);
        String line = Home.read(output).lines().findFirst().orElseThrow();
        return List.of(line.replaceAll("[\\[\\] ]", "").split(",")).stream()
                .map(Long::valueOf)
                .toList();
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
