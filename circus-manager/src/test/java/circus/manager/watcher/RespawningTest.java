package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.watcher.Operation.Kind;
import circus.options.WatcherOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What happens when workers end that nobody asked to. */
class RespawningTest {
    private final Stage stage = new Stage();

    @Test
    void a_dead_worker_is_replaced_at_once_under_the_lowest_free_number() {
        Watcher watcher = stage.started(3);
        stage.kernel.end(stage.kernel.incarnationOf("web.2"), -9);
        stage.stepChanged();
        assertThat(stage.kernel.waiting()).as("in the same turn").isEqualTo(1);
        stage.settle();
        assertThat(stage.kernel.names()).containsExactly("web.1", "web.3", "web.2");
        assertThat(stage.news()).containsExactly("reap 1002 -9", "exit 1002 -9 died", "spawn 1004");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(watcher.processes()).extracting(ProcessView::pid).containsExactly(1001, 1003, 1004);
    }

    @Test
    void several_that_die_together_are_replaced_together() {
        stage.started(5);
        for (long incarnation = 1; incarnation <= 5; incarnation++) {
            stage.kernel.end(incarnation, -9);
        }
        stage.stepChanged();
        assertThat(stage.kernel.waiting()).isEqualTo(5);
        stage.settle();
        assertThat(stage.kernel.names()).containsExactly("web.1", "web.2", "web.3", "web.4", "web.5");
    }

    @Test
    void numbers_have_no_upper_bound() {
        Watcher watcher = stage.started(1);
        stage.resize(watcher, 299);
        stage.settle();
        assertThat(stage.kernel.names()).hasSize(300).contains("web.300");
    }

    @Test
    void the_warm_up_also_holds_between_respawns() {
        stage.started(Stage.options(WatcherOptions.NUMPROCESSES, 2).with(WatcherOptions.WARMUP_DELAY, 1.0));
        stage.pass(2);
        stage.kernel.end(1, -9);
        stage.kernel.end(2, -9);
        stage.settle();
        assertThat(stage.kernel.names()).containsExactly("web.1");
        stage.pass(1);
        assertThat(stage.kernel.names()).containsExactly("web.1", "web.2");
    }

    @Test
    void without_respawn_the_watcher_stops_when_the_last_one_has_ended() {
        Watcher watcher =
                stage.started(Stage.options(WatcherOptions.NUMPROCESSES, 2).with(WatcherOptions.RESPAWN, false));
        stage.kernel.end(1, 3);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(stage.kernel.names()).containsExactly("web.2");
        stage.kernel.end(2, 0);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.news())
                .containsExactly("reap 1001 3", "exit 1001 3 died", "reap 1002 0", "exit 1002 0 died", "stop");
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.kernel.names()).hasSize(2);
    }

    @Test
    void without_respawn_a_worker_that_ends_before_the_last_has_started_is_not_started_twice() {
        Watcher watcher = stage.watcher(
                "web", Stage.options(WatcherOptions.NUMPROCESSES, 3).with(WatcherOptions.RESPAWN, false));
        stage.ask(watcher, Kind.START);
        stage.stepChanged();
        stage.kernel.answerOne();
        stage.kernel.end(1, 0);
        stage.settle();
        assertThat(stage.kernel.spawns).isEqualTo(3);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
    }

    @Test
    void a_worker_that_keeps_ending_by_itself_is_slowed_to_one_try_a_second() {
        stage.started(1);
        for (int death = 1; death <= Pacing.QUICK_DEATHS; death++) {
            stage.kernel.end(stage.kernel.incarnationOf("web.1"), 1);
            stage.settle();
            assertThat(stage.kernel.running).as("after death %d", death).hasSize(1);
        }
        stage.kernel.end(stage.kernel.incarnationOf("web.1"), 1);
        stage.settle();
        assertThat(stage.kernel.running).isEmpty();
        stage.pass(0.999);
        assertThat(stage.kernel.running).isEmpty();
        stage.pass(0.001);
        assertThat(stage.kernel.running).hasSize(1);
        stage.pass(0.5);
        stage.kernel.end(stage.kernel.incarnationOf("web.1"), 1);
        stage.settle();
        assertThat(stage.kernel.running).as("still slow").isEmpty();
        stage.pass(0.5);
        assertThat(stage.kernel.running).hasSize(1);
        stage.pass(1);
        stage.kernel.end(stage.kernel.incarnationOf("web.1"), 1);
        stage.settle();
        assertThat(stage.kernel.running).as("it had lived long enough").hasSize(1);
    }

    @Test
    void others_are_not_slowed_with_it() {
        stage.started(2);
        for (int death = 0; death <= Pacing.QUICK_DEATHS; death++) {
            stage.kernel.end(stage.kernel.incarnationOf("web.1"), 1);
            stage.settle();
        }
        stage.kernel.end(stage.kernel.incarnationOf("web.2"), 1);
        stage.settle();
        assertThat(stage.kernel.names()).containsExactly("web.2");
    }

    @Test
    void a_stranger_may_kill_a_worker_as_often_as_he_likes() {
        stage.started(1);
        for (int death = 0; death < 50; death++) {
            stage.kernel.end(stage.kernel.incarnationOf("web.1"), -9);
            stage.settle();
            assertThat(stage.kernel.running).hasSize(1);
        }
    }

    @Test
    void crashing_is_ending_by_itself() {
        stage.started(1);
        for (int death = 0; death <= Pacing.QUICK_DEATHS; death++) {
            stage.kernel.end(stage.kernel.incarnationOf("web.1"), -11);
            stage.settle();
        }
        assertThat(stage.kernel.running).isEmpty();
    }

    @Test
    void with_backoff_each_quick_death_is_followed_by_a_longer_pause_up_to_the_longest() {
        stage.started(Stage.options(WatcherOptions.BACKOFF, 0.5).with(WatcherOptions.BACKOFF_MAX, 3.0));
        for (double pause : List.of(0.5, 1.0, 2.0, 3.0, 3.0)) {
            stage.pass(0.25);
            stage.kernel.end(stage.kernel.incarnationOf("web.1"), 1);
            stage.pass(pause - 0.001);
            assertThat(stage.kernel.running).as("pause of %s", pause).isEmpty();
            stage.pass(0.001);
            assertThat(stage.kernel.running).hasSize(1);
        }
        stage.pass(2.9);
        stage.kernel.end(stage.kernel.incarnationOf("web.1"), 1);
        stage.settle();
        assertThat(stage.kernel.running)
                .as("it lived less long than it had waited")
                .isEmpty();
        stage.pass(6);
        stage.kernel.end(stage.kernel.incarnationOf("web.1"), 1);
        stage.settle();
        assertThat(stage.kernel.running).as("it had lived long enough").hasSize(1);
        stage.kernel.end(stage.kernel.incarnationOf("web.1"), 1);
        stage.pass(0.5);
        assertThat(stage.kernel.running).as("from the beginning").hasSize(1);
    }

    @Test
    void backoff_is_for_those_who_end_by_themselves_and_a_start_forgives_all() {
        Watcher watcher = stage.started(Stage.options(WatcherOptions.BACKOFF, 100.0));
        stage.kernel.end(1, -9);
        stage.settle();
        assertThat(stage.kernel.running).as("killed by a stranger").hasSize(1);
        stage.kernel.end(2, 0);
        stage.pass(99);
        assertThat(stage.kernel.running)
                .as("more than backoff_max says, as it was asked for")
                .isEmpty();
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.kernel.running).hasSize(1);
    }

    @Test
    void who_is_started_anew_is_not_slow_any_more() {
        Watcher watcher = stage.started(1);
        for (int death = 0; death <= Pacing.QUICK_DEATHS; death++) {
            stage.kernel.end(stage.kernel.incarnationOf("web.1"), 1);
            stage.settle();
        }
        stage.ask(watcher, Kind.RESTART);
        stage.settle();
        assertThat(stage.kernel.running).hasSize(1);
    }

    @Test
    void when_the_replacement_cannot_be_started_the_watcher_stops() {
        Watcher watcher = stage.started(2);
        stage.kernel.failAlways = true;
        stage.kernel.end(1, 1);
        stage.settle();
        assertThat(stage.kernel.spawns).isEqualTo(2 + 5);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.news())
                .containsExactly(
                        "reap 1001 1", "exit 1001 1 died", "kill 1002", "reap 1002 -15", "exit 1002 -15 stop", "stop");
    }
}
