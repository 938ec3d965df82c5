package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.hook.HookPoint;
import circus.manager.watcher.FakeKernel.Temper;
import circus.manager.watcher.Operation.Kind;
import circus.options.WatcherOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The command kill: processes end, others come in their place, and nobody else has to wait for it. */
class KillingTest {
    private final Stage stage = new Stage();

    @Test
    void all_processes_end_and_others_follow_when_they_have() {
        Watcher watcher = stage.started(2);
        Stage.Heard heard = stage.kill(watcher, 0, 0, -1);
        assertThat(stage.kernel.signals).containsExactly("1 15", "2 15");
        assertThat(heard.replies).isZero();
        stage.settle();
        assertThat(stage.news())
                .containsExactly(
                        "kill 1001",
                        "kill 1002",
                        "exit 1001 -15 kill",
                        "exit 1002 -15 kill",
                        "spawn 1003",
                        "spawn 1004");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(heard.replies).isEqualTo(1);
        assertThat(heard.failure).isEmpty();
    }

    @Test
    void one_process_ends_by_the_signal_that_was_asked_for_and_the_others_stay() {
        Watcher watcher = stage.started(3);
        Stage.Heard heard = stage.kill(watcher, 1002, 3, -1);
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("2 3");
        assertThat(stage.news()).containsExactly("kill 1002", "exit 1002 -3 kill", "spawn 1004");
        assertThat(watcher.processes().stream().map(ProcessView::wid)).containsExactlyInAnyOrder(1, 3, 2);
        assertThat(heard.replies).isEqualTo(1);
    }

    @Test
    void a_pid_that_is_not_ours_is_done_at_once() {
        Watcher watcher = stage.started(1);
        assertThat(stage.kill(watcher, 4711, 0, -1).replies).isEqualTo(1);
        stage.settle();
        assertThat(stage.kernel.signals).isEmpty();
        assertThat(stage.kill(stage.watcher("idle", Stage.options()), 0, 0, -1).replies)
                .isEqualTo(1);
    }

    @Test
    void who_does_not_end_within_the_time_that_was_asked_for_is_killed() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(1);
        Stage.Heard heard = stage.kill(watcher, 0, 0, 0.5);
        stage.pass(0.499);
        assertThat(stage.kernel.signals).containsExactly("1 15");
        assertThat(watcher.processes()).as("no successor beside it").hasSize(1);
        stage.pass(0.001);
        assertThat(stage.kernel.signals).containsExactly("1 15", "1 9");
        assertThat(stage.news()).containsExactly("kill 1001", "kill 1001", "exit 1001 -9 kill", "spawn 1002");
        assertThat(heard.replies).isEqualTo(1);
    }

    @Test
    void what_it_leaves_behind_gets_the_same_signal_and_is_waited_for_but_its_successor_is_not() {
        Watcher watcher = stage.started(1);
        stage.kernel.child(1).leftovers = 2;
        stage.kernel.child(1).stubbornLeftovers = true;
        Stage.Heard heard = stage.kill(watcher, 0, 2, 1);
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("1 2", "1 2 leftovers");
        assertThat(stage.news()).contains("spawn 1002");
        assertThat(heard.replies).isZero();
        stage.pass(1);
        assertThat(stage.kernel.signals).contains("1 9 leftovers");
        assertThat(heard.replies).isEqualTo(1);
    }

    @Test
    void sigkill_asks_no_hook_and_with_stop_children_hits_the_tree() {
        Watcher watcher = stage.watcher(
                Stage.hooked(Stage.options(WatcherOptions.STOP_CHILDREN, true), "before_signal", "after_signal"));
        stage.ask(watcher, Kind.START);
        stage.settle();
        stage.news();
        stage.hooks.calls.clear();
        stage.hooks.returns(HookPoint.BEFORE_SIGNAL, false);
        stage.kill(watcher, 0, 9, -1);
        assertThat(stage.kernel.signals).containsExactly("1 9 tree");
        stage.settle();
        assertThat(stage.hooks.calls).containsExactly("before_signal 1001 9", "after_signal 1001 9");
        assertThat(stage.news()).containsOnlyOnce("kill 1001").contains("exit 1001 -9 kill", "spawn 1002");
    }

    @Test
    void with_stop_children_each_descendant_that_is_signalled_is_told_of() {
        Watcher watcher = stage.started(Stage.options(WatcherOptions.STOP_CHILDREN, true));
        stage.kernel.child(1).children.addAll(List.of(5001, 5002));
        stage.news();
        stage.ask(watcher, Kind.STOP);
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("1 15 tree");
        assertThat(stage.news()).contains("kill 5001", "kill 5002").containsOnlyOnce("kill 1001");
    }

    @Test
    void a_hook_that_is_against_the_signal_gains_it_the_time_until_the_deadline() {
        Watcher watcher =
                stage.watcher(Stage.hooked(Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 2.0), "before_signal"));
        stage.ask(watcher, Kind.START);
        stage.settle();
        stage.hooks.returns(HookPoint.BEFORE_SIGNAL, false);
        Stage.Heard heard = stage.kill(watcher, 0, 0, -1);
        stage.pass(1.9);
        assertThat(stage.kernel.signals).isEmpty();
        stage.pass(0.1);
        assertThat(stage.kernel.signals).containsExactly("1 9");
        assertThat(heard.replies).isEqualTo(1);
    }

    @Test
    void a_stop_meanwhile_wins_and_who_waits_for_the_kill_hears_of_its_end() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 2.0));
        Stage.Heard killed = stage.kill(watcher, 0, 0, 60);
        Stage.Heard stopped = stage.ask(watcher, Kind.STOP);
        stage.pass(1.999);
        assertThat(stopped.replies + killed.replies).isZero();
        stage.pass(0.001);
        assertThat(stage.kernel.signals).as("the stop has less patience").containsExactly("1 15", "1 9");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stopped.replies).isEqualTo(1);
        assertThat(killed.replies).isEqualTo(1);
        assertThat(stage.news()).contains("exit 1001 -9 kill").doesNotContain("spawn 1002");
    }

    @Test
    void a_kill_hurries_a_stop_on_and_never_slows_it_down() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 10.0));
        stage.ask(watcher, Kind.STOP);
        stage.kill(watcher, 0, 0, 60);
        stage.pass(1);
        stage.kill(watcher, 0, 0, 3);
        stage.pass(2.9);
        assertThat(stage.kernel.signals).containsExactly("1 15");
        stage.kill(watcher, 0, 9, -1);
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("1 15", "1 9");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
    }

    @Test
    void without_respawn_nobody_follows() {
        Watcher watcher = stage.started(Stage.options(WatcherOptions.RESPAWN, false));
        stage.kill(watcher, 0, 0, -1);
        stage.settle();
        assertThat(stage.kernel.running).isEmpty();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
    }

    @Test
    void many_kills_of_the_same_process_are_one_signal_and_all_are_told() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 1.0));
        Stage.Heard first = stage.kill(watcher, 0, 0, -1);
        Stage.Heard second = stage.kill(watcher, 0, 0, -1);
        for (int i = 2; i < Kills.MOST; i++) {
            assertThat(stage.kill(watcher, 0, 0, -1).failure).isEmpty();
        }
        assertThat(stage.kill(watcher, 0, 0, -1).failure.orElseThrow())
                .isEqualTo("cannot kill processes of web: 1000 kills wait for their end already");
        assertThat(stage.kernel.signals).containsExactly("1 15");
        stage.pass(1);
        assertThat(first.replies).isEqualTo(1);
        assertThat(second.replies).isEqualTo(1);
    }

    @Test
    void patience_without_end_does_not_overflow() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(1);
        stage.kill(watcher, 0, 0, 1e300);
        stage.pass(1);
        assertThat(stage.kernel.signals).containsExactly("1 15");
    }

    @Test
    void a_watcher_that_is_let_go_leaves_nobody_waiting() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(1);
        Stage.Heard heard = stage.kill(watcher, 0, 0, -1);
        watcher.letGo();
        assertThat(heard.failure).contains("server error");
    }

    @Test
    void in_the_middle_of_a_reload_the_right_number_is_there_at_the_end() {
        for (Kind kind : new Kind[] {Kind.RELOAD, Kind.RELOAD_IN_TURN}) {
            Stage fresh = new Stage();
            Watcher watcher = fresh.started(3);
            Stage.Heard reloaded = fresh.ask(watcher, kind);
            Stage.Heard killed = fresh.kill(watcher, 0, 0, -1);
            fresh.settle();
            assertThat(fresh.kernel.names()).as(kind + "").hasSize(3);
            assertThat(reloaded.replies).isEqualTo(1);
            assertThat(killed.replies).isEqualTo(1);
        }
    }
}
