package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a watcher does with its workers in the course of time, with real daemons and processes. */
@ExtendWith(HomeExtension.class)
class LifeCycleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Home home;

    LifeCycleTest(Home home) {
        this.home = home;
    }

    @Test
    void a_worker_that_is_too_old_is_replaced_whoever_is_the_manager() {
        Circus circus = home.circus("ages", "", """
                [watcher:old]
                cmd = sleep 1000
                max_age = 4
                max_age_variance = 0
                """);
        circus.start();
        List<Integer> first = circus.awaitWorkers("old", 1);
        circus.manager().kill9();
        circus.start();

        List<Integer> second = await("another one")
                .atMost(PATIENCE)
                .until(() -> circus.awaitWorkers("old", 1), pids -> !pids.equals(first));

        assertThat(ProcessHandle.of(first.get(0))).isEmpty();
        await("a third one")
                .atMost(PATIENCE)
                .until(() -> !circus.awaitWorkers("old", 1).equals(second));
        circus.terminate();
    }

    @Test
    void reload_replaces_in_its_ways_and_sighup_reloads_all_that_run() {
        Circus circus = home.circus("reloads", "", """
                [watcher:web]
                cmd = sleep 1000
                numprocesses = 2

                [watcher:quiet]
                cmd = sleep 1000
                autostart = false
                """);
        circus.start();
        List<Integer> pids = circus.awaitWorkers("web", 2);
        for (String[] way : new String[][] {
            {"reload", "--waiting", "web"},
            {"reload", "--waiting", "--sequential", "web"},
            {"reload", "--waiting", "--terminate", "web"},
            {"reload", "--waiting"}
        }) {
            assertThat(circus.tell(way)).isEqualTo("ok");
            assertThat(circus.pids("web")).hasSize(2).doesNotContainAnyElementsOf(pids);
            pids = circus.pids("web");
        }
        List<Integer> before = pids;

        circus.manager().signal("HUP");

        await("other workers")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(circus.pids("web")).hasSize(2).doesNotContainAnyElementsOf(before));
        assertThat(circus.tell("status")).isEqualTo("quiet: stopped\nweb: active");
        assertThat(circus.tell("reload", "--waiting", "quiet")).isEqualTo("ok");
        circus.awaitWorkers("quiet", 1);
        circus.terminate();
    }

    @Test
    void a_reload_in_whose_middle_the_manager_is_killed_is_finished_by_the_next() {
        Circus circus = home.circus("killed", "", """
                [watcher:slow]
                cmd = sleep 1000
                numprocesses = 3
                warmup_delay = 1
                """);
        circus.start();
        List<Integer> old = circus.awaitWorkers("slow", 3);
        circus.tell("reload", "--sequential", "slow");
        await("the first new one").atMost(PATIENCE).until(() -> {
            List<Integer> now = circus.pids("slow");
            return now.size() == 3 && !now.equals(old);
        });
        circus.manager().kill9();

        circus.start();

        await("only new ones")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(circus.pids("slow")).hasSize(3).doesNotContainAnyElementsOf(old));
        assertThat(circus.manager().errors()).contains("plan for slow: reload, which had begun before");
        circus.terminate();
    }

    @Test
    void with_backoff_a_program_that_fails_is_not_started_all_the_time() {
        Circus circus = home.circus("fails", "", """
                [watcher:failing]
                cmd = %s
                backoff = 0.5
                """.formatted(
                        home.script("fail.sh", "echo started >> %s\nexit 1\n".formatted(home.path("starts")))));
        circus.start();

        // At 0, 0.5, 1.5, 3.5 and 7.5 seconds.
        await().pollDelay(Duration.ofSeconds(5)).until(() -> true);

        assertThat(Home.read(home.path("starts")).lines()).hasSizeBetween(2, 5);
        circus.terminate();
    }

    @Test
    void with_stop_children_a_child_gets_the_stop_signal_though_its_parent_does_not_end() {
        Circus circus = home.circus("children", "", """
                [watcher:family]
                cmd = sh %s
                copy_env = true
                stop_children = true
                graceful_timeout = 10
                """.formatted(
                        home.script("parent.sh", """
                        trap : TERM
                        sh -c 'echo $$ > %2$s; trap "echo told >> %1$s; exit" TERM; echo ready >> %1$s; while :; do sleep 0.1; done'
                        """.formatted(home.path("child.log"), home.path("child.pid")))));
        circus.start();
        circus.awaitWorkers("family", 1);
        await("its child")
                .atMost(PATIENCE)
                .until(() -> Home.read(home.path("child.log")).equals("ready\n"));

        long began = System.nanoTime();
        assertThat(circus.tell("stop", "--waiting", "family")).isEqualTo("ok");

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(9));
        assertThat(Home.read(home.path("child.log"))).isEqualTo("ready\ntold\n");
        String child = Home.read(home.path("child.pid")).strip();
        assertThat(circus.tell("events", "--kind", "kill")).containsPattern("\\b" + child + "\\b");
        circus.terminate();
    }
}
