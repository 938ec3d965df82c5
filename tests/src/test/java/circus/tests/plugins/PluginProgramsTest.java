package circus.tests.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Plugins that are programs: lines of JSON to their standard input and from their standard output, over the lives of several circusd. */
@ExtendWith(HomeExtension.class)
class PluginProgramsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Writes down what it reads, asks something when it is greeted, and has a second worker made when the first one runs. */
    private static final String NOTES = """
            while read -r line; do
                echo "$line" >> heard
                case $line in
                    *'"type": "hello"'*)
                        printf '{"id": "one", "command": '
                        sleep 0.2
                        printf '"numwatchers"}\\n' ;;
                    *'"watcher": "my web", "action": "start"'*)
                        echo '{"command": "incr", "properties": {"name": "my web"}}'
                        echo 'this is no JSON'
                        echo '{"command": "stop", "properties": {"name": "nobody"}}'
                        echo 'to the log' >&2 ;;
                esac
            done
            """;

    private final Home home;

    PluginProgramsTest(Home home) {
        this.home = home;
    }

    private List<String> heard() {
        Path file = home.path("heard");
        return Files.exists(file) ? Home.read(file).lines().toList() : List.of();
    }

    private long heard(String part) {
        return heard().stream().filter(line -> line.contains(part)).count();
    }

    @Test
    void one_is_told_what_happens_gives_commands_and_outlives_its_circusd() throws IOException {
        Path program = home.script("notes.sh", NOTES);
        Circus circus = home.circus("notes", "", """
                [plugin:notes]
                use = exec:%s --verbose
                colour = green

                [watcher:my web]
                cmd = sleep 1000
                """.formatted(program));
        circus.start();
        await("its command").atMost(PATIENCE).until(() -> circus.tell("numprocesses", "my web"), "2"::equals);
        await("the answer").atMost(PATIENCE).until(() -> heard("\"id\": \"one\"") == 1);

        assertThat(heard().get(0))
                .contains("\"type\": \"hello\"", "\"name\": \"plugin:notes\"", "\"colour\": \"green\"")
                .doesNotContain("\"use\"");
        assertThat(heard("\"numwatchers\": 2")).isEqualTo(1);
        assertThat(heard("\"action\": \"spawn\", \"topic\": \"watcher.my_web.spawn\""))
                .isEqualTo(2);
        await("what is wrong, in the log")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(circus.manager().errors())
                        .contains(
                                "plugin:notes: cannot understand what it wrote to its standard output: it is no JSON object:"
                                        + " this is no JSON")
                        .contains("plugin:notes: stop was refused: program nobody not found")
                        .contains("to the log"));
        int pid = circus.pids("plugin:notes").get(0);
        Path pipe = Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/0"));
        assertThat(Files.readString(Path.of("/proc/" + pid + "/cmdline"))).contains("notes.sh", "--verbose");

        circus.manager().kill9();
        circus.start();
        await("the next one's greeting").atMost(PATIENCE).until(() -> heard("\"type\": \"hello\"") == 2);
        assertThat(circus.pids("plugin:notes")).containsExactly(pid);
        assertThat(circus.tell("stop", "--waiting", "my web")).isEqualTo("ok");
        await("events of the next one").atMost(PATIENCE).until(() -> heard("\"action\": \"stop\"") == 1);
        await("its answer").atMost(PATIENCE).until(() -> heard("\"id\": \"one\"") == 2);

        assertThat(circus.tell("restart", "--waiting", "plugin:notes")).isEqualTo("ok");
        await("another process").atMost(PATIENCE).until(() -> heard("\"type\": \"hello\"") == 3);
        assertThat(circus.pids("plugin:notes")).hasSize(1).doesNotContain(pid);
        assertThat(pipe).doesNotExist();
        assertThat(pipe.getParent()).doesNotExist();
        int second = circus.pids("plugin:notes").get(0);
        Path other = Files.readSymbolicLink(Path.of("/proc/" + second + "/fd/0"));
        circus.terminate();
        assertThat(other.getParent()).doesNotExist();
        home.mustBeEmpty();
    }

    @Test
    void one_that_never_reads_harms_nobody_and_mistakes_of_its_section_are_told() {
        Path program = home.script("deaf.sh", "sleep 1000\n");
        Circus circus = home.circus("deaf", "", """
                [plugin:deaf]
                use = exec:%s
                stdout_stream.class = StdoutStream

                [watcher:web]
                cmd = sleep 1000
                """.formatted(program));
        circus.start();
        assertThat(circus.manager().errors())
                .contains(
                        "stdout_stream.class in [plugin:deaf] has no effect: what the program writes to its standard output"
                                + " are commands");
        for (int i = 0; i < 300; i++) {
            assertThat(circus.tell("set", "web", "graceful_timeout", Integer.toString(1 + i)))
                    .isEqualTo("ok");
        }
        assertThat(circus.tell("stop", "--waiting", "plugin:deaf")).isEqualTo("ok");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void whoever_floods_circusd_with_commands_or_nonsense_keeps_nobody_from_it() {
        Path commands = home.script("commands.sh", "exec yes '{\"command\": \"numwatchers\"}'\n");
        Path nonsense = home.script("nonsense.sh", "exec yes 'this is no JSON'\n");
        Circus circus = home.circus("flood", "", """
                [plugin:commands]
                use = exec:%s

                [plugin:nonsense]
                use = exec:%s

                [watcher:web]
                cmd = sleep 1000
                """.formatted(commands, nonsense));
        circus.start();
        int worker = circus.awaitWorkers("web", 1).get(0);
        for (int i = 0; i < 20; i++) {
            assertThat(circus.tell("numprocesses", "web")).isEqualTo("1");
        }
        Commands.run(PATIENCE, "kill", Integer.toString(worker)).mustSucceed();
        await("another worker")
                .atMost(PATIENCE)
                .until(() -> !circus.pids("web").contains(worker)
                        && circus.pids("web").size() == 1);
        assertThat(circus.tell("stop", "--waiting", "plugin:nonsense")).isEqualTo("ok");
        assertThat(circus.tell("stop", "--waiting", "plugin:commands")).isEqualTo("ok");
        assertThat(circus.manager().errors().lines().filter(line -> line.contains("cannot understand")))
                .hasSizeBetween(1, 100);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void a_reload_never_has_two_of_it_and_what_a_section_cannot_say_cannot_be_set() {
        Path program = home.script("lasting.sh", """
                echo begin >> told
                trap 'sleep 0.5; echo end >> told; exit' TERM
                while :; do sleep 0.05; done
                """);
        Circus circus = home.circus(
                "one", "", "[plugin:lasting]\nuse = exec:" + program + "\n[plugin:flapping]\nuse = Flapping\n");
        circus.start();
        await("its begin")
                .atMost(PATIENCE)
                .until(() -> home.path("told").toFile().exists());
        assertThat(circus.tell("reload", "--waiting", "plugin:lasting")).isEqualTo("ok");
        await("another one").atMost(PATIENCE).until(() -> Home.read(home.path("told")), "begin\nend\nbegin\n"::equals);
        assertThat(circus.ctl("set", "plugin:lasting", "cmd", "sleep 1").toString())
                .contains("cannot set cmd of 'plugin:lasting'");
        assertThat(circus.ctl("set", "plugin:flapping", "uid", "nobody").toString())
                .contains("cannot set uid of 'plugin:flapping': the plugin is a thread of circusd");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void each_command_is_carried_out_once_over_an_upgrade() {
        int all = 150;
        Path program = home.script("setting.sh", """
                i=1
                while [ $i -le %d ]; do
                    echo '{"command": "set", "properties": {"name": "web", "options": {"graceful_timeout": '$i'}}}'
                    i=$((i + 1))
                    sleep 0.03
                done
                sleep 1000
                """.formatted(all));
        Circus circus = home.circus("upgraded", "", """
                [watcher:web]
                cmd = sleep 1000

                [plugin:setting]
                use = exec:%s
                priority = -1
                """.formatted(program));
        circus.start();
        circus.ctl("upgrade", "--probation", "1").mustSucceed();
        await("the last")
                .atMost(PATIENCE)
                .until(() -> circus.tell("get", "web", "graceful_timeout").contains("150"));
        assertThat(circus.tell("events", "--kind", "updated").lines().filter(line -> line.contains("updated")))
                .hasSize(all);
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void one_whose_pipe_somebody_has_removed_is_replaced_by_the_next_circusd() throws IOException {
        Path program = home.script("notes.sh", NOTES);
        Circus circus = home.circus("cleaned", "", "[plugin:notes]\nuse = exec:" + program + "\n");
        circus.start();
        await("its greeting").atMost(PATIENCE).until(() -> heard("\"type\": \"hello\"") == 1);
        int pid = circus.pids("plugin:notes").get(0);
        Path pipe = Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/0"));
        circus.manager().kill9();
        Files.delete(pipe);
        Files.writeString(pipe, "");
        circus.start();
        await("another one").atMost(PATIENCE).until(() -> heard("\"type\": \"hello\"") == 2);
        assertThat(circus.pids("plugin:notes")).hasSize(1).doesNotContain(pid);
        assertThat(Files.exists(pipe) ? Files.readString(pipe) : "").isEmpty();
        circus.terminate();
        assertThat(pipe.getParent()).doesNotExist();
        home.mustBeEmpty();
    }
}
