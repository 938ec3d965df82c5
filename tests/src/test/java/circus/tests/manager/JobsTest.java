package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The queue of commands, seen and changed by circusctl while workers take their time to end. */
@ExtendWith(HomeExtension.class)
class JobsTest {
    private static final String STUBBORN = """
            [watcher:web]
            cmd = sh -c 'trap "" TERM; while :; do sleep 0.1; done'
            graceful_timeout = 600

            [watcher:quick]
            cmd = sleep 1000
            """;

    private final Circus circus;

    JobsTest(Home home) {
        circus = home.circus("jobs", "", STUBBORN);
    }

    /** A circusctl that waits, in the background. */
    private CompletableFuture<Commands.Result> waiting(String... words) {
        return CompletableFuture.supplyAsync(() -> circus.ctl(words));
    }

    private void awaitJobs(int lines) {
        await().until(() -> circus.tell("jobs").lines().count() == lines);
    }

    @Test
    void what_waits_is_seen_and_cancelled_and_nobody_else_is_held_up() {
        circus.start();
        int worker = circus.awaitWorkers("web", 1).get(0);
        assertThat(circus.tell("jobs")).isEqualTo("Nothing runs and nothing waits.");

        circus.tell("stop", "web");
        CompletableFuture<Commands.Result> start = waiting("--timeout", "60", "start", "--waiting", "web");
        awaitJobs(3);
        assertThat(circus.tell("jobs").lines().toList())
                .satisfiesExactly(
                        title -> assertThat(title).matches("JOB +STATE +SINCE +BY +COMMAND"),
                        stop -> assertThat(stop).matches("\\d+ +running +\\d\\S+ +uid \\d+ +stop web"),
                        next -> assertThat(next).matches("\\d+ +waiting +\\d\\S+ +uid \\d+ +start web"));
        assertThat(circus.tell("restart", "--waiting", "quick")).isEqualTo("ok");
        assertThat(circus.tell("status")).isEqualTo("quick: active\nweb: stopping");

        String number = circus.tell("jobs").lines().toList().get(2).split(" ")[0];
        assertThat(circus.tell("cancel", number)).isEqualTo("ok");
        assertThat(start.join().output() + start.join().errors())
                .matches("(?s).*job " + number + ", start web, was cancelled by uid \\d+ before it began.*");
        assertThat(start.join().exit()).isNotZero();
        assertThat(circus.ctl("cancel", number).errors()).contains("there is none of that number");

        ProcessHandle.of(worker).orElseThrow().destroyForcibly();
        await().until(() -> circus.tell("status", "web").equals("stopped"));
        assertThat(circus.tell("jobs")).isEqualTo("Nothing runs and nothing waits.");
    }
}
