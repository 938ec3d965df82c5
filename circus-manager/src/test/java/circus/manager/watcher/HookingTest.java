package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.hook.HookPoint;
import circus.manager.hook.HookAnswer;
import circus.manager.watcher.FakeKernel.Temper;
import circus.manager.watcher.Operation.Kind;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The eleven hooks, as contract/plugins-and-hooks.md B1 and B2 have them: when, in which order, and what follows from their answers. */
class HookingTest {
    private static final String[] ALL =
            Arrays.stream(HookPoint.values()).map(HookPoint::word).toArray(String[]::new);

    private final Stage stage = new Stage();

    private Watcher watcher(OptionValues options, String... points) {
        return stage.watcher(Stage.hooked(options, points));
    }

    private Watcher started(OptionValues options, String... points) {
        Watcher watcher = watcher(options, points);
        stage.ask(watcher, Kind.START);
        stage.settle();
        stage.news();
        stage.hooks.calls.clear();
        stage.kernel.signals.clear();
        return watcher;
    }

    private static OptionValues workers(int count) {
        return Stage.options(WatcherOptions.NUMPROCESSES, count);
    }

    // ---- order

    @Test
    void a_start_with_all_hooks() {
        Watcher watcher = watcher(workers(2), ALL);
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.news())
                .containsExactly(
                        "hook_success before_start",
                        "hook_success before_spawn",
                        "hook_success after_spawn",
                        "spawn 1001",
                        "hook_success before_spawn",
                        "hook_success after_spawn",
                        "spawn 1002",
                        "hook_success after_start",
                        "start");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
    }

    @Test
    void a_stop_with_all_hooks() {
        Watcher watcher = started(workers(1), ALL);
        Stage.Heard heard = stage.ask(watcher, Kind.STOP);
        stage.settle();
        assertThat(stage.news())
                .containsExactly(
                        "hook_success before_stop",
                        "hook_success before_signal",
                        "hook_success after_signal",
                        "kill 1001",
                        "hook_success before_reap",
                        "reap 1001 -15",
                        "exit 1001 -15 stop",
                        "hook_success after_reap",
                        "stop",
                        "hook_success after_stop");
        assertThat(stage.hooks.calls)
                .containsExactly(
                        "before_stop",
                        "before_signal 1001 15",
                        "after_signal 1001 15",
                        "before_reap 1001",
                        "after_reap 1001 -15",
                        "after_stop");
        assertThat(heard.replies).isEqualTo(1);
        assertThat(watcher.isQuiet()).isTrue();
        assertThat(stage.kernel.notTaken).isEmpty();
    }

    @Test
    void of_each_process_the_hooks_and_events_of_a_stop_come_in_order() {
        Watcher watcher = started(workers(3), ALL);
        stage.ask(watcher, Kind.STOP);
        stage.settle();
        List<String> events = stage.news();
        for (String pid : List.of("1001", "1002", "1003")) {
            assertThat(events.stream().filter(event -> event.contains(pid)))
                    .containsExactly("kill " + pid, "reap " + pid + " -15", "exit " + pid + " -15 stop");
            assertThat(stage.hooks.calls.stream().filter(call -> call.contains(pid)))
                    .containsExactly(
                            "before_signal " + pid + " 15",
                            "after_signal " + pid + " 15",
                            "before_reap " + pid,
                            "after_reap " + pid + " -15");
        }
        assertThat(events).endsWith("stop", "hook_success after_stop");
    }

    @Test
    void a_restart_is_a_stop_and_a_start_with_all_of_them() {
        Watcher watcher = started(workers(1), "before_start", "after_start", "before_stop", "after_stop");
        stage.ask(watcher, Kind.RESTART);
        stage.settle();
        assertThat(stage.hooks.calls).containsExactly("before_stop", "after_stop", "before_start", "after_start");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
    }

    @Test
    void a_reload_calls_those_of_spawns_and_signals_only() {
        Watcher watcher = started(workers(1), ALL);
        stage.ask(watcher, Kind.RELOAD);
        stage.settle();
        assertThat(stage.news())
                .containsExactly(
                        "hook_success before_spawn",
                        "hook_success after_spawn",
                        "spawn 1002",
                        "hook_success before_signal",
                        "hook_success after_signal",
                        "kill 1001",
                        "exit 1001 -15 reload",
                        "reload");
    }

    @Test
    void a_respawn_is_gated_as_a_start_is() {
        started(workers(1), "before_spawn", "after_spawn", "before_reap", "after_reap");
        stage.kernel.end(1, 1);
        stage.settle();
        assertThat(stage.news()).contains("reap 1001 1", "spawn 1002");
        assertThat(stage.hooks.calls)
                .containsExactly("before_reap 1001", "after_reap 1001 1", "before_spawn", "after_spawn 1002");
    }

    // ---- the abort matrix

    @Test
    void before_start_false() {
        Watcher watcher = watcher(workers(1), ALL);
        stage.hooks.returns(HookPoint.BEFORE_START, false);
        Stage.Heard heard = stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.news()).containsExactly("hook_success before_start");
        assertThat(stage.hooks.calls).containsExactly("before_start");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(heard.replies).isEqualTo(1);
    }

    @Test
    void before_spawn_false() {
        Watcher watcher = watcher(workers(1), ALL);
        stage.hooks.returns(HookPoint.BEFORE_SPAWN, false);
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.news())
                .containsExactly(
                        "hook_success before_start",
                        "hook_success before_spawn",
                        "hook_success before_stop",
                        "stop",
                        "hook_success after_stop");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.kernel.spawns).isZero();
    }

    @Test
    void after_spawn_false() {
        Watcher watcher = watcher(workers(1), ALL);
        stage.hooks.returns(HookPoint.AFTER_SPAWN, false);
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.news())
                .containsExactly(
                        "hook_success before_start",
                        "hook_success before_spawn",
                        "hook_success after_spawn",
                        "hook_success before_signal",
                        "hook_success after_signal",
                        "kill 1001",
                        "exit 1001 -15 refused",
                        "hook_success before_stop",
                        "stop",
                        "hook_success after_stop");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
    }

    @Test
    void after_start_raising() {
        Watcher watcher = watcher(workers(1), ALL);
        stage.hooks.fails(HookPoint.AFTER_START);
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.news())
                .containsExactly(
                        "hook_success before_start",
                        "hook_success before_spawn",
                        "hook_success after_spawn",
                        "spawn 1001",
                        "hook_failure after_start",
                        "hook_success before_stop",
                        "hook_success before_signal",
                        "hook_success after_signal",
                        "kill 1001",
                        "hook_success before_reap",
                        "reap 1001 -15",
                        "exit 1001 -15 stop",
                        "hook_success after_reap",
                        "stop",
                        "hook_success after_stop");
    }

    @Test
    void after_start_raising_with_the_flag() {
        Watcher watcher = watcher(workers(1), "after_start,true");
        stage.hooks.fails(HookPoint.AFTER_START);
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.news()).containsExactly("spawn 1001", "hook_failure after_start", "start");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
    }

    @Test
    void the_flag_is_for_errors_and_not_for_refusals() {
        Watcher watcher = watcher(workers(1), "before_start,true");
        stage.hooks.returns(HookPoint.BEFORE_START, false);
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
    }

    @Test
    void errors_of_those_around_a_stop_are_no_reason_not_to_stop() {
        for (HookPoint point : List.of(
                HookPoint.BEFORE_STOP,
                HookPoint.AFTER_STOP,
                HookPoint.BEFORE_SIGNAL,
                HookPoint.AFTER_SIGNAL,
                HookPoint.BEFORE_REAP,
                HookPoint.AFTER_REAP)) {
            stage.hooks.fails(point);
        }
        Watcher watcher = started(workers(1), ALL);
        stage.ask(watcher, Kind.STOP);
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("1 15");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.news()).contains("hook_failure before_signal", "kill 1001", "reap 1001 -15", "stop");
    }

    @Test
    void a_worker_that_is_refused_on_respawn_stops_the_watcher_with_the_others() {
        Watcher watcher = started(workers(3), "before_spawn");
        stage.hooks.returns(HookPoint.BEFORE_SPAWN, false);
        stage.kernel.end(2, 1);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.kernel.running).isEmpty();
    }

    @Test
    void a_reload_that_is_refused_leaves_the_old_workers() {
        Watcher watcher = started(workers(2), "after_spawn");
        stage.hooks.returns(HookPoint.AFTER_SPAWN, false);
        Stage.Heard heard = stage.ask(watcher, Kind.RELOAD);
        stage.settle();
        assertThat(stage.kernel.running.keySet()).containsExactly(1L, 2L);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(heard.replies).isEqualTo(1);
    }

    // ---- signals

    @Test
    void a_veto_keeps_the_signal_back_but_not_the_event_and_not_sigkill() {
        Watcher watcher =
                started(workers(1).with(WatcherOptions.GRACEFUL_TIMEOUT, 2.0), "before_signal", "after_signal");
        stage.hooks.returns(HookPoint.BEFORE_SIGNAL, false);
        stage.ask(watcher, Kind.STOP);
        stage.pass(1.9);
        assertThat(stage.kernel.signals).isEmpty();
        assertThat(stage.news())
                .containsExactly("hook_success before_signal", "hook_success after_signal", "kill 1001");
        stage.pass(0.1);
        assertThat(stage.kernel.signals).containsExactly("1 9");
        assertThat(stage.news())
                .containsExactly(
                        "hook_success before_signal",
                        "hook_success after_signal",
                        "kill 1001",
                        "reap 1001 -9",
                        "exit 1001 -9 stop",
                        "stop");
        assertThat(stage.hooks.calls)
                .containsExactly(
                        "before_signal 1001 15", "after_signal 1001 15", "before_signal 1001 9", "after_signal 1001 9");
    }

    @Test
    void a_before_signal_that_hangs_cannot_keep_a_process_alive() {
        stage.hooks.silent.add(HookPoint.BEFORE_SIGNAL);
        Watcher watcher =
                started(workers(1).with(WatcherOptions.GRACEFUL_TIMEOUT, 2.0), "before_signal", "after_signal");
        Stage.Heard heard = stage.ask(watcher, Kind.STOP);
        stage.pass(1.9);
        assertThat(stage.kernel.running).hasSize(1);
        stage.pass(0.1);
        assertThat(stage.kernel.signals).containsExactly("1 9");
        assertThat(stage.kernel.running).isEmpty();
        assertThat(watcher.status()).as("its end is not told yet").isEqualTo(WatcherStatus.STOPPING);
        stage.hooks.fails(HookPoint.BEFORE_SIGNAL);
        stage.hooks.answerOne(HookPoint.BEFORE_SIGNAL);
        stage.settle();
        assertThat(stage.news())
                .containsExactly(
                        "hook_failure before_signal",
                        "hook_success after_signal",
                        "kill 1001",
                        "reap 1001 -9",
                        "exit 1001 -9 stop",
                        "stop");
        assertThat(stage.hooks.calls).containsExactly("before_signal 1001 15", "after_signal 1001 9");
        assertThat(heard.replies).isEqualTo(1);
    }

    @Test
    void sigkill_while_after_signal_runs_has_hooks_of_its_own() {
        stage.hooks.silent.add(HookPoint.AFTER_SIGNAL);
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher =
                started(workers(1).with(WatcherOptions.GRACEFUL_TIMEOUT, 1.0), "before_signal", "after_signal");
        stage.ask(watcher, Kind.STOP);
        stage.pass(1);
        assertThat(stage.kernel.signals).containsExactly("1 15", "1 9");
        stage.hooks.silent.clear();
        stage.settle();
        assertThat(stage.hooks.calls)
                .containsExactly(
                        "before_signal 1001 15", "after_signal 1001 15", "before_signal 1001 9", "after_signal 1001 9");
        assertThat(stage.news().stream().filter(event -> !event.startsWith("hook")))
                .containsExactly("kill 1001", "kill 1001", "reap 1001 -9", "exit 1001 -9 stop", "stop");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
    }

    @Test
    void who_ends_while_before_signal_runs_is_sent_nothing() {
        stage.hooks.silent.add(HookPoint.BEFORE_SIGNAL);
        Watcher watcher = started(workers(1), "before_signal", "after_signal");
        stage.ask(watcher, Kind.STOP);
        stage.settle();
        stage.kernel.end(1, 0);
        stage.settle();
        assertThat(stage.news()).isEmpty();
        stage.hooks.answerOne(HookPoint.BEFORE_SIGNAL);
        stage.settle();
        assertThat(stage.kernel.signals).isEmpty();
        assertThat(stage.news())
                .containsExactly("hook_success before_signal", "reap 1001 0", "exit 1001 0 stop", "stop");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
    }

    // ---- while a hook runs

    @Test
    void nothing_is_started_before_before_start_has_answered() {
        stage.hooks.silent.add(HookPoint.BEFORE_START);
        Watcher watcher = watcher(workers(2), "before_start");
        Stage.Heard heard = stage.ask(watcher, Kind.START);
        stage.pass(20);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STARTING);
        assertThat(stage.kernel.spawns).isZero();
        assertThat(heard.replies).isZero();
        stage.hooks.answerOne(HookPoint.BEFORE_START);
        stage.settle();
        assertThat(stage.kernel.running).hasSize(2);
        assertThat(heard.replies).isEqualTo(1);
    }

    @Test
    void a_quit_while_before_start_runs_gives_the_start_up_when_that_has_answered() {
        stage.hooks.silent.add(HookPoint.BEFORE_START);
        Watcher watcher = watcher(workers(1), "before_start", "before_stop", "after_stop");
        stage.ask(watcher, Kind.START);
        stage.settle();
        watcher.quit();
        stage.settle();
        assertThat(watcher.isQuiet()).isFalse();
        stage.hooks.answerOne(HookPoint.BEFORE_START);
        stage.settle();
        assertThat(stage.news())
                .containsExactly(
                        "hook_success before_start", "hook_success before_stop", "stop", "hook_success after_stop");
        assertThat(stage.kernel.spawns).isZero();
        assertThat(watcher.isQuiet()).isTrue();
    }

    @Test
    void a_quit_while_before_start_runs_and_then_refuses_leaves_no_trace() {
        stage.hooks.silent.add(HookPoint.BEFORE_START);
        stage.hooks.returns(HookPoint.BEFORE_START, false);
        Watcher watcher = watcher(workers(1), ALL);
        stage.ask(watcher, Kind.START);
        stage.settle();
        watcher.quit();
        stage.hooks.answerOne(HookPoint.BEFORE_START);
        stage.settle();
        assertThat(stage.news()).containsExactly("hook_success before_start");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(watcher.isQuiet()).isTrue();
    }

    @Test
    void a_quit_while_before_spawn_runs_starts_nothing_more() {
        stage.hooks.silent.add(HookPoint.BEFORE_SPAWN);
        Watcher watcher = watcher(workers(2), "before_spawn");
        stage.ask(watcher, Kind.START);
        stage.settle();
        watcher.quit();
        stage.settle();
        assertThat(watcher.isQuiet()).isFalse();
        stage.hooks.answerOne(HookPoint.BEFORE_SPAWN);
        stage.settle();
        assertThat(stage.kernel.spawns).isZero();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(watcher.isQuiet()).isTrue();
    }

    @Test
    void who_leaves_starts_nothing_that_before_spawn_agrees_to_then() {
        stage.hooks.silent.add(HookPoint.BEFORE_SPAWN);
        Watcher watcher = watcher(workers(1), "before_spawn");
        stage.ask(watcher, Kind.START);
        stage.settle();
        watcher.leave();
        stage.hooks.answerOne(HookPoint.BEFORE_SPAWN);
        stage.settle();
        assertThat(stage.kernel.spawns).isZero();
        assertThat(watcher.isQuiet()).isTrue();
    }

    @Test
    void a_process_on_trial_that_is_to_end_is_stopped_when_after_spawn_has_answered() {
        stage.hooks.silent.add(HookPoint.AFTER_SPAWN);
        Watcher watcher = watcher(workers(1), "after_spawn");
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(watcher.processes()).hasSize(1);
        watcher.quit();
        stage.settle();
        assertThat(stage.kernel.signals).isEmpty();
        stage.hooks.answerOne(HookPoint.AFTER_SPAWN);
        stage.settle();
        assertThat(stage.news())
                .containsExactly(
                        "hook_success after_spawn",
                        "spawn 1001",
                        "kill 1001",
                        "reap 1001 -15",
                        "exit 1001 -15 quit",
                        "stop");
    }

    @Test
    void an_after_spawn_that_hangs_cannot_keep_a_process_alive_that_is_to_end() {
        stage.hooks.silent.add(HookPoint.AFTER_SPAWN);
        Watcher watcher = watcher(workers(1).with(WatcherOptions.GRACEFUL_TIMEOUT, 1.0), "after_spawn");
        stage.ask(watcher, Kind.START);
        stage.settle();
        watcher.quit();
        stage.pass(1);
        assertThat(stage.kernel.signals).containsExactly("1 9");
        assertThat(stage.kernel.running).isEmpty();
        stage.hooks.answerOne(HookPoint.AFTER_SPAWN);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.news()).containsExactly("kill 1001", "exit 1001 -9 quit", "hook_success after_spawn", "stop");
    }

    @Test
    void the_end_of_a_process_on_trial_is_told_after_its_start() {
        stage.hooks.silent.add(HookPoint.AFTER_SPAWN);
        Watcher watcher = watcher(workers(1), "after_spawn");
        stage.ask(watcher, Kind.START);
        stage.settle();
        stage.kernel.end(1, 3);
        stage.settle();
        assertThat(stage.news()).isEmpty();
        stage.hooks.silent.clear();
        stage.settle();
        assertThat(stage.news())
                .containsExactly(
                        "hook_success after_spawn",
                        "spawn 1001",
                        "reap 1001 3",
                        "exit 1001 3 died",
                        "start",
                        "hook_success after_spawn",
                        "spawn 1002");
        assertThat(watcher.processes()).hasSize(1);
    }

    @Test
    void the_end_of_a_process_on_trial_that_is_refused_then_is_no_reap() {
        stage.hooks.silent.add(HookPoint.AFTER_SPAWN);
        stage.hooks.returns(HookPoint.AFTER_SPAWN, false);
        Watcher watcher = watcher(workers(1), "after_spawn");
        stage.ask(watcher, Kind.START);
        stage.settle();
        stage.kernel.end(1, 3);
        stage.settle();
        stage.hooks.answerOne(HookPoint.AFTER_SPAWN);
        stage.settle();
        assertThat(stage.news()).containsExactly("hook_success after_spawn", "exit 1001 3 refused", "stop");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.kernel.notTaken).isEmpty();
    }

    @Test
    void what_a_process_on_trial_left_behind_may_be_gone_before_its_end_is_told() {
        stage.hooks.silent.add(HookPoint.AFTER_SPAWN);
        Watcher watcher = watcher(workers(1), "after_spawn");
        stage.ask(watcher, Kind.START);
        stage.settle();
        stage.kernel.child(1).leftovers = 1;
        stage.kernel.end(1, 0);
        stage.kernel.leftoversEnd(1);
        watcher.quit();
        stage.hooks.silent.clear();
        stage.pass(100);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(watcher.isQuiet()).isTrue();
    }

    @Test
    void a_successor_does_not_wait_for_before_reap() {
        stage.hooks.silent.add(HookPoint.BEFORE_REAP);
        started(workers(1), "before_reap");
        stage.kernel.end(1, 1);
        stage.settle();
        assertThat(stage.kernel.names()).containsExactly("web.1");
        assertThat(stage.news()).containsExactly("spawn 1002");
        assertThat(stage.kernel.notTaken)
                .as("a manager that takes over would tell it")
                .containsExactly(1L);
        stage.hooks.answerOne(HookPoint.BEFORE_REAP);
        stage.settle();
        assertThat(stage.news()).containsExactly("hook_success before_reap", "reap 1001 1", "exit 1001 1 died");
        assertThat(stage.kernel.notTaken).isEmpty();
    }

    @Test
    void a_start_waits_for_the_after_stop_before_it() {
        stage.hooks.silent.add(HookPoint.AFTER_STOP);
        Watcher watcher = started(workers(1), "after_stop", "before_start");
        stage.ask(watcher, Kind.RESTART);
        stage.settle();
        assertThat(stage.hooks.open()).containsExactly("after_stop");
        stage.hooks.answerOne(HookPoint.AFTER_STOP);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
    }

    @Test
    void adopted_processes_have_no_hooks_of_a_start() {
        started(workers(1), ALL);
        stage.forget();
        Watcher watcher = watcher(workers(1), ALL);
        watcher.adopt(
                1,
                stage.kernel.child(1).launched,
                stage.kernel.child(1).spec.annotations().getOrDefault("digest", ""));
        watcher.resume(RunState.NOTHING);
        stage.settle();
        assertThat(stage.hooks.calls).isEmpty();
        assertThat(stage.news()).isEmpty();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
    }

    @Test
    void a_hook_may_ask_and_signal_the_processes() {
        Watcher watcher = watcher(workers(2), "after_start");
        stage.hooks.answers(HookPoint.AFTER_START, task -> {
            assertThat(task.actions().status()).isEqualTo("starting");
            assertThat(task.actions().processes()).containsEntry(1001, 1).containsEntry(1002, 2);
            assertThat(task.actions().signal(1002, 10)).isTrue();
            assertThat(task.actions().signal(77, 10)).isFalse();
            return HookAnswer.of(true);
        });
        stage.ask(watcher, Kind.START);
        stage.kernel.temper = Temper.STUBBORN;
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("2 10");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
    }

    @Test
    void nothing_turns_while_a_hook_hangs() {
        for (HookPoint point : HookPoint.values()) {
            stage.hooks.silent.add(point);
        }
        Watcher watcher = watcher(workers(2), "after_start", "before_stop");
        stage.ask(watcher, Kind.START);
        stage.pass(100);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STARTING);
        stage.hooks.answerOne(HookPoint.AFTER_START);
        stage.pass(1);
        stage.ask(watcher, Kind.STOP);
        stage.pass(100);
        assertThat(stage.kernel.running).as("before_stop is waited for").hasSize(2);
        stage.hooks.answerOne(HookPoint.BEFORE_STOP);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
    }
}
