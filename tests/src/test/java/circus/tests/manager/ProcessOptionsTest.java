package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
