package circus.tests.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Stream classes in Python with real daemons: what they are given, and that nobody suffers from those that fail, hang or crash. */
@ExtendWith(HomeExtension.class)
class PythonStreamsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Home home;

    PythonStreamsTest(Home home) {
        this.home = home;
    }

    @BeforeEach
    void python() {
        DebianPython.require("json", "python3");
    }

    private void start(Circus circus) {
        circus.awaitCommands(circus.launchBelow("env", "PATH=" + DebianPython.PATH));
    }

    private List<String> lines(String file) {
        return Files.exists(home.path(file))
                ? Home.read(home.path(file)).lines().toList()
                : List.of();
    }

    private void arrive(String file, String... lines) {
        await(file + " is complete")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lines(file)).containsExactly(lines));
    }

    @Test
    void an_object_is_made_of_the_options_called_with_what_circus_calls_it_with_and_closed() {
        home.write("mine.py", """
                class Notes:
                    def __init__(self, filename, colour=None, **kwargs):
                        self.out = open(filename, 'a', buffering=1)
                        self.colour = colour

                    def open(self):
                        print('open', self.colour, file=self.out)

                    def __call__(self, data):
                        print(sorted(data), data['data'], type(data['pid']).__name__, data['name'],
                              data['timestamp'] > 1e9, file=self.out)

                    def close(self):
                        print('close', file=self.out)
                """);
        home.script("talk", "printf 'one\\n\\377two\\n'; echo err >&2; exec sleep 1000\n");
        Circus circus = home.circus("notes", "", """
                [watcher:talk]
                cmd = ./talk
                stdout_stream.class = mine.Notes
                stdout_stream.filename = out.notes
                stdout_stream.colour = red
                stderr_stream.class = mine.Notes
                stderr_stream.filename = err.notes
                """);
        start(circus);
        arrive(
                "out.notes",
                "open red",
                "['data', 'name', 'pid', 'timestamp'] b'one\\n' int stdout True",
                "['data', 'name', 'pid', 'timestamp'] b'\\xfftwo\\n' int stdout True");
        arrive("err.notes", "open None", "['data', 'name', 'pid', 'timestamp'] b'err\\n' int stderr True");

        circus.tell("set", "talk", "stderr_stream.colour", "blue");
        await("the other object")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lines("err.notes")).contains("close"));
        circus.terminate();
        assertThat(lines("out.notes")).endsWith("close");
        home.mustBeEmpty();
    }

    @Test
    void a_class_derived_from_circus_s_own_writes_its_files() {
        home.write("mine.py", """
                from circus.stream import FileStream
                from circus.util import to_str

                class Upper(FileStream):
                    def __call__(self, data):
                        data['data'] = to_str(data['data']).upper()
                        super().__call__(data)
                """);
        home.script("talk", "echo 12345; echo abcde; echo z; exec sleep 1000\n");
        Circus circus = home.circus("derived", "", """
                [watcher:talk]
                cmd = ./talk
                stdout_stream.class = mine.Upper
                stdout_stream.filename = upper.log
                stdout_stream.max_bytes = 10
                stdout_stream.backup_count = 2
                """);
        start(circus);
        arrive("upper.log", "ABCDE", "Z");
        arrive("upper.log.1", "12345");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void what_one_raises_or_crashes_for_is_passed_over_and_others_miss_nothing() {
        home.write("bad.py", """
                import os

                class Fails:
                    def __init__(self, filename):
                        self.out = open(filename, 'ab', buffering=0)

                    def __call__(self, data):
                        if data['data'] == b'raise\\n':
                            raise ValueError('not that')
                        if data['data'] == b'crash\\n':
                            os._exit(5)
                        self.out.write(data['data'])
                """);
        home.script("bad", "for word in one raise two crash three; do echo $word; sleep 0.2; done; exec sleep 1000\n");
        home.script("good", "for i in $(seq 300); do echo $i; sleep 0.01; done; exec sleep 1000\n");
        Circus circus = home.circus("bad", "", """
                [watcher:bad]
                cmd = ./bad
                stdout_stream.class = bad.Fails
                stdout_stream.filename = bad.log

                [watcher:good]
                cmd = ./good
                stdout_stream.class = bad.Fails
                stdout_stream.filename = good.log
                """);
        start(circus);
        arrive("bad.log", "one", "two", "three");
        await("all of it")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lines("good.log").stream().distinct())
                        .hasSize(300)
                        .endsWith("300"));
        assertThat(circus.manager().errors()).contains("ValueError: not that").contains("it ended with code 5");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void one_that_hangs_holds_up_nobody_else_and_is_gone_with_a_manager_that_is_killed() {
        home.write("slow.py", """
                import os
                import time

                class Hangs:
                    def __call__(self, data):
                        while not os.path.exists('go on'):
                            time.sleep(0.1)

                class Writes:
                    def __init__(self, filename):
                        self.out = open(filename, 'ab', buffering=0)

                    def __call__(self, data):
                        self.out.write(data['data'])
                """);
        home.script("talk", "echo said; exec sleep 1000\n");
        Circus circus = home.circus("hangs", "", """
                [watcher:hangs]
                cmd = ./talk
                stdout_stream.class = slow.Hangs
                priority = 10

                [watcher:writes]
                cmd = ./talk
                stdout_stream.class = slow.Writes
                stdout_stream.filename = said.log
                """);
        start(circus);
        arrive("said.log", "said");
        assertThat(circus.tell("restart", "--waiting", "hangs")).isEqualTo("ok");
        circus.manager().kill9();
        await("Python has gone")
                .atMost(PATIENCE)
                .until(() -> home.processes().stream().noneMatch(line -> line.contains("circus_helper")));
        start(circus);
        home.write("go on", "");
        circus.terminate();
        home.mustBeEmpty();
    }
}
