package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.watcher.FakeKernel.Temper;
import circus.manager.watcher.Operation.Kind;
import circus.options.WatcherOptions;
import org.junit.jupiter.api.Test;

/** incr and decr. */
class ResizingTest {
    private final Stage stage = new Stage();

    @Test
    void incr_adds_workers() {
        Watcher watcher = stage.started(2);
        Stage.Heard heard = stage.resize(watcher, 2);
        assertThat(watcher.target()).isEqualTo(4);
        assertThat(heard.replies).isZero();
        stage.settle();
        assertThat(stage.news()).containsExactly("spawn 1003", "spawn 1004");
        assertThat(heard.replies).isEqualTo(1);
    }

    @Test
    void decr_ends_the_oldest_and_publishes_no_reap() {
        Watcher watcher = stage.started(1);
        stage.pass(1);
        stage.resize(watcher, 1);
        stage.settle();
        stage.pass(1);
        stage.kernel.end(1, -9);
        stage.settle();
        stage.news();
        assertThat(stage.kernel.names()).containsExactly("web.2", "web.1");

        Stage.Heard heard = stage.resize(watcher, -1);
        stage.settle();
        assertThat(stage.kernel.names()).containsExactly("web.1");
        assertThat(stage.news()).containsExactly("kill 1002", "exit 1002 -15 decr");
        assertThat(heard.replies).isEqualTo(1);
        assertThat(stage.kernel.notTaken).isEmpty();
    }

    @Test
    void decr_waits_for_the_end_of_those_that_go() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher =
                stage.started(Stage.options(WatcherOptions.NUMPROCESSES, 3).with(WatcherOptions.GRACEFUL_TIMEOUT, 5.0));
        Stage.Heard heard = stage.resize(watcher, -2);
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("1 15", "2 15");
        assertThat(heard.replies).isZero();
        stage.pass(5);
        assertThat(heard.replies).isEqualTo(1);
        assertThat(stage.kernel.names()).containsExactly("web.3");
    }

    @Test
    void below_0_there_is_nothing_and_the_watcher_stays_active() {
        Watcher watcher = stage.started(2);
        stage.resize(watcher, -7);
        stage.settle();
        assertThat(watcher.target()).isZero();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(stage.kernel.running).isEmpty();
        stage.resize(watcher, 1);
        stage.settle();
        assertThat(stage.kernel.names()).containsExactly("web.1");
    }

    @Test
    void a_stopped_watcher_only_changes_its_target() {
        Watcher watcher = stage.watcher("web", Stage.options());
        Stage.Heard heard = stage.resize(watcher, 4);
        stage.settle();
        assertThat(watcher.target()).isEqualTo(5);
        assertThat(heard.replies).isEqualTo(1);
        assertThat(stage.kernel.running).isEmpty();
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.kernel.running).hasSize(5);
    }

    @Test
    void one_that_dies_while_others_are_ended_is_replaced() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(3);
        stage.resize(watcher, -1);
        stage.settle();
        stage.kernel.end(3, -9);
        stage.settle();
        assertThat(stage.kernel.names()).containsExactly("web.1", "web.2", "web.3");
        stage.pass(30);
        assertThat(stage.kernel.names()).containsExactly("web.2", "web.3");
    }

    @Test
    void without_respawn_incr_starts_just_so_many_more() {
        Watcher watcher =
                stage.started(Stage.options(WatcherOptions.NUMPROCESSES, 2).with(WatcherOptions.RESPAWN, false));
        stage.resize(watcher, 2);
        stage.settle();
        assertThat(stage.kernel.running).hasSize(4);
    }

    @Test
    void a_target_stops_at_the_most_that_can_be() {
        Watcher watcher = stage.watcher("web", Stage.options());
        stage.resize(watcher, Integer.MAX_VALUE);
        stage.settle();
        assertThat(watcher.target()).isEqualTo(32_768);
    }
}
