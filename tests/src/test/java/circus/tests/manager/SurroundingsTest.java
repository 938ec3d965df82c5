package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a worker finds around itself: what circusd was started with, and nothing of what its daemons need for themselves. */
@ExtendWith(HomeExtension.class)
class SurroundingsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Home home;

    SurroundingsTest(Home home) {
        this.home = home;
    }

    @Test
    void a_worker_has_the_limits_mask_and_directory_with_which_circusd_was_started() throws IOException {
        Circus circus = home.circus("inherit", "", "[watcher:w]\ncmd = sleep 1000\nnumprocesses = 2\n");

        startFromShell(circus, "ulimit -Sn 500; umask 027; mkdir sub; cd sub");

        Path worker = Path.of("/proc", circus.awaitWorkers("w", 2).get(0).toString());
        assertThat(Files.readString(worker.resolve("limits"))).containsPattern("Max open files\\s+500\\s");
        assertThat(Files.readString(worker.resolve("status"))).containsPattern("Umask:\\s+0027\n");
        assertThat(Files.readSymbolicLink(worker.resolve("cwd"))).isEqualTo(home.path("sub"));
        assertThat(Files.readString(worker.resolve("environ"))).isEmpty();
        assertThat(Files.readString(worker.resolve("oom_score_adj")).strip())
                .isEqualTo(Files.readString(Path.of("/proc/self/oom_score_adj")).strip());
    }

    @Test
    void a_low_limit_of_open_files_does_not_limit_the_number_of_workers() throws IOException {
        Circus circus = home.circus("many", "", "[watcher:w]\ncmd = sleep 1000\nnumprocesses = 60\n");

        startFromShell(circus, "ulimit -Sn 100");

        List<Integer> pids = circus.awaitWorkers("w", 60);
        for (int pid : pids) {
            assertThat(Files.readString(Path.of("/proc", Integer.toString(pid), "limits")))
                    .containsPattern("Max open files\\s+100\\s");
        }
        circus.tell("quit", "--terminate");
        home.mustBeEmpty();
    }

    private void startFromShell(Circus circus, String preparation) {
        Commands.Result result = home.run(
                LIMIT,
                Path.of("/bin/bash"),
                "-c",
                preparation + "; exec " + Installation.launcher("circusd") + " " + circus.file() + " --daemon");
        result.mustSucceed();
        await("it answers").atMost(LIMIT).until(() -> circus.ctl("list").exit() == 0);
    }
}
