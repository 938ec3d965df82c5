package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.watcher.FakeKernel.Temper;
import circus.manager.watcher.Operation.Kind;
import circus.message.EventKind;
import circus.options.WatcherOptions;
import org.junit.jupiter.api.Test;

/** The end of workers: graceful, by force, and of what they leave behind. */
class StoppingTest {
    private final Stage stage = new Stage();

    @Test
    void a_stop_signals_all_workers_reaps_them_and_tells_so() {
        Watcher watcher = stage.started(2);
        Stage.Heard heard = stage.ask(watcher, Kind.STOP);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPING);
        assertThat(stage.kernel.signals).as("the signals go out at once").containsExactly("1 15", "2 15");
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.news())
                .containsExactly(
                        "kill 1001",
                        "kill 1002",
                        "reap 1001 -15",
                        "exit 1001 -15 stop",
                        "reap 1002 -15",
                        "exit 1002 -15 stop",
                        "stop");
        assertThat(heard.replies).isEqualTo(1);
        assertThat(stage.kernel.notTaken).isEmpty();
    }

    @Test
    void a_stop_of_a_stopped_watcher_does_nothing() {
        Watcher watcher = stage.watcher("web", Stage.options());
        Stage.Heard heard = stage.ask(watcher, Kind.STOP);
        stage.settle();
        assertThat(heard.replies).isEqualTo(1);
        assertThat(stage.news()).isEmpty();
    }

    @Test
    void who_does_not_end_in_time_is_killed() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(
                Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 1.0).with(WatcherOptions.STOP_SIGNAL, 2));
        stage.ask(watcher, Kind.STOP);
        stage.pass(0.999);
        assertThat(stage.kernel.signals).containsExactly("1 2");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPING);
        stage.pass(0.001);
        assertThat(stage.kernel.signals).containsExactly("1 2", "1 9");
        assertThat(stage.news()).containsExactly("kill 1001", "kill 1001", "reap 1001 -9", "exit 1001 -9 stop", "stop");
    }

    @Test
    void with_stop_children_the_stop_signal_is_for_the_whole_tree_once() {
        Watcher watcher = stage.started(
                Stage.options(WatcherOptions.STOP_CHILDREN, true).with(WatcherOptions.GRACEFUL_TIMEOUT, 1.0));
        stage.kernel.child(1).leftovers = 2;
        stage.kernel.child(1).stubbornLeftovers = true;
        stage.ask(watcher, Kind.STOP);
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("1 15 tree");
        stage.pass(1);
        assertThat(stage.kernel.signals).containsExactly("1 15 tree", "1 9 leftovers");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
    }

    @Test
    void with_stop_children_what_the_dead_left_behind_gets_the_stop_signal_as_ever() {
        stage.started(Stage.options(WatcherOptions.STOP_CHILDREN, true));
        stage.kernel.child(1).leftovers = 1;
        stage.kernel.end(1, 1);
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("1 15 leftovers");
    }

    @Test
    void without_patience_the_kill_comes_at_once() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 0.0));
        stage.ask(watcher, Kind.STOP);
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("1 15", "1 9");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
    }

    @Test
    void a_stop_is_done_when_what_the_worker_left_behind_is_gone() {
        Watcher watcher = stage.started(1);
        stage.kernel.child(1L).leftovers = 2;
        stage.kernel.child(1L).stubbornLeftovers = true;
        stage.ask(watcher, Kind.STOP);
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("1 15", "1 15 leftovers");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPING);
        assertThat(watcher.processes()).as("the process itself is gone").isEmpty();
        stage.pass(29.5);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPING);
        stage.pass(0.5);
        assertThat(stage.kernel.signals).containsExactly("1 15", "1 15 leftovers", "1 9 leftovers");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.news()).containsExactly("kill 1001", "reap 1001 -15", "exit 1001 -15 stop", "stop");
    }

    @Test
    void what_a_killed_worker_leaves_behind_is_killed_at_once() {
        Watcher watcher = stage.started(Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 1.0));
        FakeKernel.Child process = stage.kernel.child(1L);
        process.temper = Temper.STUBBORN;
        process.leftovers = 1;
        process.stubbornLeftovers = true;
        stage.ask(watcher, Kind.STOP);
        stage.pass(1);
        assertThat(stage.kernel.signals).containsExactly("1 15", "1 9", "1 9 leftovers");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
    }

    @Test
    void after_an_unwanted_death_the_leftovers_are_ended_beside_the_respawn() {
        Watcher watcher = stage.started(1);
        FakeKernel.Child process = stage.kernel.child(1L);
        process.leftovers = 1;
        process.stubbornLeftovers = true;
        stage.kernel.end(1, -9);
        stage.settle();
        assertThat(stage.kernel.names())
                .as("the successor is there, under the same number")
                .containsExactly("web.1");
        assertThat(stage.kernel.signals).containsExactly("1 15 leftovers");
        stage.pass(30);
        assertThat(stage.kernel.lingering).isEmpty();
        assertThat(watcher.isQuiet()).isTrue();
    }

    @Test
    void a_restart_stops_all_and_then_starts_all() {
        Watcher watcher = stage.started(2);
        Stage.Heard heard = stage.ask(watcher, Kind.RESTART);
        stage.settle();
        assertThat(stage.news())
                .containsExactly(
                        "kill 1001",
                        "kill 1002",
                        "reap 1001 -15",
                        "exit 1001 -15 restart",
                        "reap 1002 -15",
                        "exit 1002 -15 restart",
                        "stop",
                        "spawn 1003",
                        "spawn 1004",
                        "start");
        Change change = heard.change.orElseThrow();
        assertThat(change.stopped()).containsExactly(1001, 1002);
        assertThat(change.started()).containsExactly(1003, 1004);
        assertThat(change.kept()).isEmpty();
    }

    @Test
    void a_restart_of_a_stopped_watcher_starts_it() {
        Watcher watcher = stage.watcher("web", Stage.options(WatcherOptions.AUTOSTART, false));
        Stage.Heard heard = stage.ask(watcher, Kind.RESTART);
        stage.settle();
        assertThat(stage.news()).containsExactly("spawn 1001", "start");
        assertThat(heard.change.orElseThrow().started()).containsExactly(1001);
    }

    @Test
    void nothing_is_respawned_during_a_stop() {
        Watcher watcher = stage.started(2);
        stage.kernel.child(2L).temper = Temper.STUBBORN;
        stage.ask(watcher, Kind.STOP);
        stage.settle();
        assertThat(stage.kernel.names()).containsExactly("web.2");
        stage.kernel.end(2, 0);
        stage.settle();
        assertThat(stage.kernel.running).isEmpty();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
    }

    @Test
    void a_quit_says_so_in_the_exit_events_and_forgets_what_was_done_at_run_time() {
        Watcher watcher = stage.started(2);
        stage.resize(watcher, 1);
        stage.settle();
        stage.news();
        assertThat(stage.kernel.values).isNotEmpty();
        watcher.quit();
        stage.settle();
        assertThat(watcher.isQuiet()).isTrue();
        assertThat(watcher.processes()).isEmpty();
        assertThat(watcher.isQuiet()).isTrue();
        assertThat(stage.kernel.values).isEmpty();
        assertThat(stage.events)
                .filteredOn(event -> event.kind() == EventKind.EXIT)
                .hasSize(3)
                .allMatch(event -> "quit".equals(event.payload().get("reason")));
    }

    @Test
    void who_leaves_lets_workers_be_and_sees_a_stop_that_has_begun_through() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 2.0));
        Watcher other = stage.watcher("other", Stage.options());
        stage.ask(other, Kind.START);
        Stage.Heard stop = stage.ask(watcher, Kind.STOP);
        stage.settle();
        watcher.leave();
        other.leave();
        stage.settle();
        assertThat(other.isQuiet()).isTrue();
        assertThat(watcher.isQuiet()).isFalse();
        stage.pass(2);
        assertThat(watcher.isQuiet()).isTrue();
        assertThat(stop.replies).isEqualTo(1);
        assertThat(stage.kernel.names()).containsExactly("other.1");
        assertThat(stage.kernel.values)
                .hasEntrySatisfying(
                        "watcher.web",
                        state -> assertThat(state).startsWith("{\"stopped\": true, \"autostart\": true, \"asked\": "));
    }

    @Test
    void who_leaves_starts_nothing_any_more() {
        Watcher watcher = stage.started(1);
        watcher.leave();
        stage.kernel.end(1, 0);
        stage.settle();
        assertThat(stage.kernel.running).isEmpty();
        assertThat(stage.news()).containsExactly("reap 1001 0", "exit 1001 0 died");
        assertThat(stage.ask(watcher, Kind.START).failure).contains("arbiter is already running arbiter_stop command");
    }
}
