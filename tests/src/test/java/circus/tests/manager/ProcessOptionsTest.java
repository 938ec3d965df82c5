package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a watcher's section says about its processes is what the machine says about them. */
@ExtendWith(HomeExtension.class)
class ProcessOptionsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Home home;

    ProcessOptionsTest(Home home) {
        this.home = home;
    }

    @Test
    void a_worker_runs_as_the_user_with_the_groups_of_that_user_and_no_variables_of_it() throws IOException {
        demandRoot();
        Circus circus = home.circus("user", "", """
                [watcher:byname]
                cmd = sleep 1000
                working_dir = /
                uid = nobody
                [watcher:both]
                cmd = sleep 1000
                working_dir = /
                uid = 65534
                gid = 0
                [watcher:group]
                cmd = sleep 1000
                working_dir = /
                gid = 1
                """);

        circus.start();

        assertThat(status(circus, "byname"))
                .containsPattern("Uid:\\s+65534\\s+65534\\s+65534")
                .containsPattern("Gid:\\s+65534\\s+65534\\s+65534")
                .containsPattern("Groups:\\s+65534 *\n");
        assertThat(status(circus, "both")).containsPattern("Uid:\\s+65534\\s").containsPattern("Gid:\\s+0\\s");
        assertThat(status(circus, "group")).containsPattern("Uid:\\s+0\\s").containsPattern("Gid:\\s+1\\s");
        assertThat(file(circus, "byname", "environ")).isEmpty();
    }

    @Test
    void a_user_who_does_not_exist_stops_the_watcher_and_no_other() {
        Circus circus = home.circus("nobody", "", """
                [watcher:bad]
                cmd = sleep 1000
                uid = nosuchuser
                max_retry = 2
                [watcher:good]
                cmd = sleep 1000
                """);

        circus.start();

        await("bad gives up")
                .atMost(LIMIT)
                .until(() -> circus.tell("status", "bad").equals("stopped"));
        assertThat(circus.manager().errors()).contains("error in 'bad'").contains("nosuchuser");
        assertThat(circus.tell("status", "good")).isEqualTo("active");
    }

    @Test
    void a_worker_has_the_limits_of_its_section_soft_and_hard() throws IOException {
        Circus circus = home.circus("limits", "", """
                [watcher:w]
                cmd = sleep 1000
                rlimit_nofile = 321
                rlimit_CORE = 0
                rlimit_stack =
                """);

        circus.start();

        assertThat(file(circus, "w", "limits"))
                .containsPattern("Max open files\\s+321\\s+321\\s")
                .containsPattern("Max core file size\\s+0\\s+0\\s")
                .containsPattern("Max stack size\\s+unlimited\\s+unlimited\\s");
    }

    @Test
    void a_shell_runs_the_command_with_pipes_variables_and_redirections() {
        Circus circus = home.circus("shell", "", """
                [watcher:w]
                cmd = echo "$NAME $0 $1" | tr a-z A-Z > out && exec sleep
                args = 1000
                shell = true
                shell_args = zero "one two"
                working_dir = %s
                [env:w]
                NAME = circus
                PATH = $PATH
                """.formatted(home.directory()));

        circus.start();

        await("it is written")
                .atMost(LIMIT)
                .until(() -> Home.read(home.path("out")).equals("CIRCUS ZERO ONE TWO\n"));
        circus.awaitWorkers("w", 1);
    }

    @Test
    void the_mask_of_the_configuration_is_that_of_the_workers() throws IOException {
        Circus circus = home.circus("mask", "umask = 037\n", "[watcher:w]\ncmd = sleep 1000\n");

        circus.start();

        assertThat(status(circus, "w")).containsPattern("Umask:\\s+0037\\s");
    }

    @Test
    void a_socket_is_the_standard_input_of_a_worker() throws IOException {
        Circus circus = home.circus("stdin", "", """
                [watcher:w]
                cmd = sleep 1000
                stdin_socket = web
                [socket:web]
                host = 127.0.0.1
                port = 0
                """);

        circus.start();

        int pid = circus.awaitWorkers("w", 1).get(0);
        assertThat(standardInput(circus, "w")).startsWith("socket:[");
        // Its loader has libraries open for a moment.
        await("it is past its loader").untilAsserted(() -> {
            try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
                assertThat(descriptors).hasSize(3);
            }
        });
    }

    @Test
    void the_standard_input_of_a_worker_is_nothing_or_that_of_the_kernel() throws IOException {
        Path input = home.write("input", "what to read\n");
        Path below = home.script("with-input", "exec \"$@\" < " + input + "\n");
        Kernel kernel = home.kernelBelow(below.toString());
        Circus circus = home.circus("stdin", "papa_endpoint = ipc://" + kernel.socket() + "\n", """
                [watcher:closed]
                cmd = sleep 1000
                [watcher:open]
                cmd = sleep 1000
                close_child_stdin = false
                """);

        circus.start();

        assertThat(standardInput(circus, "closed")).isEqualTo("/dev/null");
        assertThat(standardInput(circus, "open")).isEqualTo(input.toString());
        assertThat(circus.manager().errors()).contains("close_child_stdin = false in [watcher:open] gives");
    }

    private static String standardInput(Circus circus, String watcher) throws IOException {
        int pid = circus.awaitWorkers(watcher, 1).get(0);
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/0")).toString();
    }

    @Test
    void an_executable_runs_under_the_name_that_cmd_gives_it() throws IOException {
        Circus circus = home.circus("executable", "", "[watcher:w]\ncmd = worker 1000\nexecutable = /bin/sleep\n");

        circus.start();

        assertThat(file(circus, "w", "cmdline")).isEqualTo("worker\0001000\0");
        assertThat(file(circus, "w", "comm")).isEqualTo("sleep\n");
    }

    @Test
    void a_program_of_a_virtual_environment_is_found_and_finds_its_packages() throws IOException {
        Path packages = Files.createDirectories(home.path("venv/lib/python3.11/site-packages"));
        Path program = Files.createDirectories(home.path("venv/bin")).resolve("program");
        Files.writeString(
                program,
                "#!/bin/sh\necho \"$PYTHONPATH $VIRTUAL_ENV\" > %s\nexec sleep 1000\n".formatted(home.path("said")));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Circus circus = home.circus("venv", "", """
                [watcher:w]
                cmd = program
                copy_env = true
                virtualenv = %s
                """.formatted(home.path("venv")));

        circus.start();

        await("it is written")
                .atMost(LIMIT)
                .until(() -> Home.read(home.path("said")).endsWith(packages + " " + home.path("venv") + "\n"));
    }

    private static void demandRoot() throws IOException {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "only root changes users");
    }

    private static String status(Circus circus, String watcher) throws IOException {
        return file(circus, watcher, "status");
    }

    private static String file(Circus circus, String watcher, String name) throws IOException {
        int pid = circus.awaitWorkers(watcher, 1).get(0);
        return Files.readString(Path.of("/proc", Integer.toString(pid), name));
    }
}
