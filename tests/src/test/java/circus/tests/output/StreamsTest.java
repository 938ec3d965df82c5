package circus.tests.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each stream class, with real workers, across the death of the manager. */
@ExtendWith(HomeExtension.class)
class StreamsTest {
    private static final Duration TO_ARRIVE = Duration.ofSeconds(20);

    private final Home home;
    private final Path out;
    private final Path err;

    StreamsTest(Home home) {
        this.home = home;
        out = home.path("out.log");
        err = home.path("err.log");
    }

    @Test
    void stdout_and_stderr_go_each_to_its_file_byte_by_byte() {
        home.script("talk.sh", "printf 'a\\0b\\377\\n'; printf 'no end' >&2; printf 'z\\n'; exec sleep 1000\n");
        Circus circus = talker("stdout_stream.class = FileStream\nstdout_stream.filename = " + out
                + "\nstderr_stream.class = FileStream\nstderr_stream.filename = " + err + "\n");

        circus.start();

        arrives(out, "a\0b\ufffd\nz\n");
        arrives(err, "no end");
        circus.terminate();
    }

    @Test
    void a_stream_to_stdout_and_a_channel_without_a_stream_come_out_of_circusd() {
        home.script("talk.sh", "echo told; echo complained >&2; exec sleep 1000\n");
        Circus circus = talker("stdout_stream.class = StdoutStream\n");

        circus.start();

        await().atMost(TO_ARRIVE).until(() -> circus.manager().output().contains("told\n"));
        await().atMost(TO_ARRIVE).until(() -> circus.manager().errors().contains("complained\n"));
    }

    @Test
    void a_line_has_one_time_prefix_also_when_the_manager_dies_in_its_middle() {
        Path go = home.path("go");
        home.script(
                "talk.sh",
                "printf 'first\\nbegin'; until [ -e " + go
                        + " ]; do sleep 0.1; done; printf ' end\\nlast\\n'; exec sleep 1000\n");
        Circus circus = talker("stdout_stream.class = FileStream\nstdout_stream.filename = " + out
                + "\nstdout_stream.time_format = %Y-%m-%d %H:%M:%S\n");
        circus.start();
        int pid = circus.awaitWorkers("talker", 1).get(0);
        await().atMost(TO_ARRIVE).until(() -> Home.read(out).contains("first\n"));

        circus.manager().kill9();
        home.write("go", "");
        circus.start();

        String prefix = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\[" + pid + "] \\| ";
        await().atMost(TO_ARRIVE)
                .untilAsserted(() -> assertThat(Home.read(out))
                        .matches(prefix + "first\n" + prefix + "begin end\n" + prefix + "last\n"));
        circus.terminate();
    }

    @Test
    void what_was_printed_while_no_manager_ran_is_in_the_log_of_the_next() {
        Path go = home.path("go");
        home.script(
                "talk.sh",
                "echo before; until [ -e " + go + " ]; do sleep 0.1; done; seq 1 20000; echo after; exec sleep 1000\n");
        Circus circus = talker("stdout_stream.class = FileStream\nstdout_stream.filename = " + out + "\n");
        circus.start();
        arrives(out, "before\n");
        assertThat(circus.tell("detach")).isEqualTo("ok");
        circus.manager().awaitExit(Duration.ofSeconds(10));
        home.write("go", "");

        circus.start();

        StringBuilder expected = new StringBuilder("before\n");
        for (int i = 1; i <= 20_000; i++) {
            expected.append(i).append('\n');
        }
        arrives(out, expected.append("after\n").toString());
    }

    @Test
    void what_had_to_be_dropped_is_counted_in_the_log() {
        Path go = home.path("go");
        Path done = home.path("done");
        home.script(
                "talk.sh",
                "echo before; until [ -e " + go + " ]; do sleep 0.1; done; seq 1 900000; echo after; : > " + done
                        + "; exec sleep 1000\n");
        Circus circus = talker("stdout_stream.class = FileStream\nstdout_stream.filename = " + out + "\n");
        circus.start();
        arrives(out, "before\n");
        circus.manager().kill9();
        home.write("go", "");
        await("the worker is held back by nobody")
                .atMost(TO_ARRIVE)
                .until(() -> done.toFile().exists());

        circus.start();

        await().atMost(TO_ARRIVE).until(() -> Home.read(out).endsWith("\nafter\n"));
        String log = Home.read(out);
        long kept = log.lines().filter(line -> line.matches("\\d+")).count();
        assertThat(kept).isBetween(100_000L, 899_999L);
        assertThat(log.lines().filter(line -> line.matches(".*\\d+ bytes.*")))
                .as("the notice of the loss")
                .hasSize(1);
    }

    private Circus talker(String streams) {
        return home.circus("talk", "", "[watcher:talker]\ncmd = ./talk.sh\ncopy_env = true\n" + streams);
    }

    private static void arrives(Path file, String text) {
        await(file + " is complete")
                .atMost(TO_ARRIVE)
                .untilAsserted(() -> assertThat(Home.read(file)).isEqualTo(text));
    }
}
