package circus.tests.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A log that cannot be written: /dev/full answers each write as a full disk does (full(4)). */
@ExtendWith(HomeExtension.class)
class FullDiskTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Home home;

    FullDiskTest(Home home) {
        this.home = home;
    }

    private Circus startOnAFullDisk() {
        home.script("talk.sh", "echo hello; exec sleep 1000\n");
        Path good = home.path("good.log");
        Circus circus = home.circus(
                "full",
                "",
                "[watcher:bad]\ncmd = ./talk.sh\ncopy_env = true\nstdout_stream.class = FileStream\n"
                        + "stdout_stream.filename = /dev/full\n"
                        + "[watcher:good]\ncmd = ./talk.sh\ncopy_env = true\nstdout_stream.class = FileStream\n"
                        + "stdout_stream.filename = " + good + "\n");
        circus.start();
        await().atMost(SOON).until(() -> Home.read(good).equals("hello\n"));
        return circus;
    }

    @Test
    void workers_are_replaced_and_other_logs_written_and_the_trouble_is_told_once() {
        Circus circus = startOnAFullDisk();
        List<Integer> before = circus.awaitWorkers("bad", 1);

        ProcessHandle.of(before.get(0)).orElseThrow().destroyForcibly();

        await().atMost(SOON).until(() -> {
            List<Integer> now = circus.pids("bad");
            return now.size() == 1 && !now.equals(before);
        });
        assertThat(circus.tell("status", "bad"))
                .isEqualTo("active\noutput waits for /dev/full: No space left on device");
        await().atMost(SOON).until(() -> circus.manager().errors().contains("/dev/full"));
        circus.ctl("quit", "--terminate").mustSucceed();
        circus.manager().awaitExit(SOON);
        assertThat(circus.manager().errors().lines().filter(line -> line.contains("/dev/full")))
                .hasSize(1);
    }

    @Test
    void quit_terminate_leaves_nothing_and_tells_what_is_lost_with_it() {
        Circus circus = startOnAFullDisk();

        circus.ctl("quit", "--terminate").mustSucceed();

        assertThat(circus.manager().awaitExit(SOON)).isEqualTo(1);
        assertThat(circus.manager().errors())
                .contains("the last output of bad.1 could not be written within 10 s; it is lost");
        assertThat(circus.hasKernel()).isFalse();
    }

    @Test
    void quit_keeps_what_could_not_be_written_for_the_next_manager() {
        Circus circus = startOnAFullDisk();

        circus.ctl("quit").mustSucceed();

        assertThat(circus.manager().awaitExit(SOON)).isEqualTo(1);
        assertThat(circus.manager().errors()).contains("the kernel keeps it for the next circusd");
        assertThat(circus.hasKernel()).isTrue();
        circus.start();
        circus.ctl("quit", "--terminate").mustSucceed();
        circus.manager().awaitExit(SOON);
        assertThat(circus.hasKernel()).isFalse();
    }
}
