package circus.tests.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A log that hangs, as on a file server that has gone: who writes to it waits without end. Only that log does. */
@ExtendWith(HomeExtension.class)
class HangingDiskTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int LINES = 5000;

    private final Home home;

    HangingDiskTest(Home home) {
        this.home = home;
    }

    private Path received() {
        return home.path("received");
    }

    private void go() {
        home.write("go", "");
    }

    private Path hangingLog() throws IOException {
        Path script = home.resource("output/hang.pl");
        Path name = home.path("name");
        home.prepared(List.of(
                        "perl",
                        script.toString(),
                        name.toString(),
                        home.path("go").toString(),
                        received().toString()))
                .start();
        await("there is a file that hangs").atMost(SOON).until(() -> Files.exists(name));
        return Path.of(Home.read(name));
    }

    private Circus startOn(Path log) {
        home.script(
                "talk.sh", "seq 1 " + LINES + " | sed 's/$/ " + ".".repeat(90) + "/'; echo the end; exec sleep 1000\n");
        Circus circus = home.circus("hang", "", """
                [watcher:talker]
                cmd = ./talk.sh
                copy_env = true
                stdout_stream.class = FileStream
                stdout_stream.filename = %s

                [watcher:other]
                cmd = sh -c 'while :; do echo tick; sleep 0.1; done'
                copy_env = true
                stdout_stream.class = FileStream
                stdout_stream.filename = %s
                """.formatted(log, other()));
        circus.start();
        return circus;
    }

    private Path other() {
        return home.path("other.log");
    }

    private void othersGoOn(Circus circus) {
        for (int round = 0; round < 2; round++) {
            long before = Home.read(other()).length();
            await("another log goes on")
                    .atMost(SOON)
                    .until(() -> Home.read(other()).length() > before + 20);
            int pid = circus.awaitWorkers("other", 1).get(0);
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            await("another one is replaced")
                    .atMost(SOON)
                    .until(() -> circus.pids("other").size() == 1
                            && !circus.pids("other").contains(pid));
        }
    }

    private static String said() {
        StringBuilder said = new StringBuilder();
        for (int n = 1; n <= LINES; n++) {
            said.append(n).append(' ').append(".".repeat(90)).append('\n');
        }
        return said.append("the end\n").toString();
    }

    @Test
    void others_go_on_and_all_of_it_comes_when_it_hangs_no_more() throws IOException {
        Path log = hangingLog();
        Circus circus = startOn(log);
        othersGoOn(circus);
        assertThat(circus.tell("status", "talker"))
                .isEqualTo("active\noutput waits for " + log + ": its file system does not answer");
        assertThat(received()).doesNotExist();

        go();

        await("all of it comes")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(Home.read(received())).endsWith("\nthe end\n"));
        assertThat(Home.read(received())).isEqualTo(said());
        othersGoOn(circus);
    }

    @Test
    void the_end_of_who_writes_to_it_is_told_all_the_same() throws IOException {
        Circus circus = startOn(hangingLog());
        othersGoOn(circus);
        int pid = circus.awaitWorkers("talker", 1).get(0);

        ProcessHandle.of(pid).orElseThrow().destroyForcibly();

        await("its end is told")
                .atMost(SOON)
                .until(() -> circus.call("events", Map.of("name", "talker"))
                        .fields()
                        .toString()
                        .contains("watcher.talker.exit"));
        circus.awaitWorkers("talker", 1);
        othersGoOn(circus);
        circus.manager().kill9();
        go();
    }

    @Test
    void circusd_ends_and_another_goes_on_while_it_hangs() throws IOException {
        Path log = hangingLog();
        Circus circus = startOn(log);
        othersGoOn(circus);
        assertThat(circus.tell("detach")).isEqualTo("ok");
        circus.manager().awaitExit(SOON);

        circus.start();

        othersGoOn(circus);
        circus.ctl("quit", "--terminate").mustSucceed();
        assertThat(circus.manager().awaitExit(SOON)).isEqualTo(1);
        assertThat(circus.manager().errors()).contains("the last output of talker.1 could not be written");
        go();
        assertThat(circus.hasKernel()).isFalse();
    }
}
