package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.watcher.FakeKernel.Temper;
import circus.manager.watcher.Operation.Kind;
import circus.manager.watcher.Resumption.Action;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The ways of {@code reload}, what stands in their way, and a manager that dies in the middle. */
class ReloadingTest {
    private static final OptionValues TWO = Stage.options(WatcherOptions.NUMPROCESSES, 2);
    private final Stage stage = new Stage();

    @Test
    void new_workers_come_first_and_then_the_old_ones_end_together() {
        Watcher watcher = stage.started(TWO.with(WatcherOptions.WARMUP_DELAY, 5.0));
        stage.pass(60);
        stage.news();
        Stage.Heard heard = stage.ask(watcher, Kind.RELOAD);
        stage.settle();
        assertThat(stage.news())
                .as("no warm-up, no reap, the event at the end")
                .containsExactly(
                        "spawn 1003",
                        "spawn 1004",
                        "kill 1001",
                        "kill 1002",
                        "exit 1001 -15 reload",
                        "exit 1002 -15 reload",
                        "reload");
        assertThat(heard.replies).isEqualTo(1);
        Change change = heard.change.orElseThrow();
        assertThat(change.stopped()).containsExactly(1001, 1002);
        assertThat(change.started()).containsExactly(1003, 1004);
        assertThat(change.kept()).isEmpty();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(stage.kernel.values).isEmpty();
    }

    @Test
    void when_the_new_ones_cannot_be_started_the_old_ones_stay() {
        for (int retries : new int[] {5, 1, -1}) {
            Stage each = new Stage();
            Watcher watcher = each.started(TWO.with(WatcherOptions.MAX_RETRY, retries));
            each.kernel.failAlways = true;
            Stage.Heard heard = each.ask(watcher, Kind.RELOAD);
            each.pass(30);
            assertThat(heard.change.orElseThrow().kept()).containsExactly(1001, 1002);
            assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
            assertThat(each.kernel.names()).containsExactly("web.1", "web.2");
            assertThat(each.kernel.values).isEmpty();
        }
    }

    @Test
    void in_turn_the_old_one_ends_first_and_the_warm_up_is_kept() {
        Watcher watcher = stage.started(TWO.with(WatcherOptions.WARMUP_DELAY, 5.0));
        stage.pass(60);
        stage.news();
        Stage.Heard heard = stage.ask(watcher, Kind.RELOAD_IN_TURN);
        stage.settle();
        assertThat(stage.news()).containsExactly("kill 1001", "reap 1001 -15", "exit 1001 -15 reload", "spawn 1003");
        stage.pass(4.9);
        assertThat(stage.news()).isEmpty();
        stage.pass(5.2);
        assertThat(stage.news())
                .containsExactly("kill 1002", "reap 1002 -15", "exit 1002 -15 reload", "spawn 1004", "reload");
        assertThat(heard.change.orElseThrow().stopped()).containsExactly(1001, 1002);
    }

    @Test
    void with_send_hup_the_same_workers_go_on() {
        Watcher watcher = stage.started(TWO.with(WatcherOptions.SEND_HUP, true));
        Stage.Heard heard = stage.ask(watcher, Kind.RELOAD);
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("1 1", "2 1");
        assertThat(stage.news()).containsExactly("reload");
        assertThat(heard.change.orElseThrow().kept()).containsExactly(1001, 1002);
    }

    @Test
    void a_stopped_watcher_is_started() {
        Watcher watcher = stage.watcher("web", Stage.options(WatcherOptions.AUTOSTART, false));
        assertThat(watcher.rests()).isTrue();
        Stage.Heard heard = stage.ask(watcher, Kind.RELOAD);
        stage.settle();
        assertThat(stage.news()).containsExactly("spawn 1001", "start", "reload");
        assertThat(heard.change.orElseThrow().started()).containsExactly(1001);
        assertThat(watcher.rests()).isFalse();
    }

    @Test
    void without_respawn_a_reload_brings_new_workers_all_the_same() {
        for (Kind kind : new Kind[] {Kind.RELOAD, Kind.RELOAD_IN_TURN}) {
            Stage each = new Stage();
            Watcher watcher = each.started(TWO.with(WatcherOptions.RESPAWN, false));
            each.ask(watcher, kind);
            each.settle();
            assertThat(each.kernel.running).hasSize(2).doesNotContainKeys(1L, 2L);
            assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        }
    }

    @Test
    void the_end_of_the_daemon_ends_old_and_new() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(TWO);
        stage.ask(watcher, Kind.RELOAD);
        stage.settle();
        assertThat(stage.kernel.running).hasSize(4);
        watcher.quit();
        stage.pass(30);
        assertThat(stage.kernel.running).isEmpty();
        assertThat(watcher.isQuiet()).isTrue();
        assertThat(stage.kernel.values).isEmpty();
    }

    private Watcher takenOver(OptionValues options) {
        stage.kernel.managerDied();
        stage.forget();
        Watcher watcher = stage.watcher("web", options);
        stage.kernel.running.forEach((incarnation, child) -> watcher.adopt(
                Integer.parseInt(child.spec.annotations().getOrDefault("wid", "0")),
                child.launched,
                child.spec.annotations().getOrDefault("digest", ""),
                0,
                Notice.parse(child.notes.get(Notice.KEY))));
        Resumption resumption = watcher.resume(Optional.ofNullable(stage.kernel.values.get("watcher.web"))
                .flatMap(RunState::fromJson)
                .orElse(RunState.NOTHING));
        assertThat(resumption.action()).isEqualTo(Action.RELOAD);
        assertThat(resumption.plan()).containsExactly("reload, which had begun before");
        return watcher;
    }

    @Test
    void a_manager_that_dies_before_all_new_ones_are_there_is_no_matter() {
        Watcher first = stage.started(TWO.with(WatcherOptions.NUMPROCESSES, 3));
        stage.ask(first, Kind.RELOAD);
        stage.stepChanged();
        stage.kernel.answerOne();
        assertThat(stage.kernel.values).containsEntry("watcher.web", "{\"reloading\": 3}");
        stage.kernel.failures.add("lost on the way");
        stage.kernel.managerDied();
        stage.kernel.failures.clear();
        Watcher second = takenOver(TWO.with(WatcherOptions.NUMPROCESSES, 3));
        stage.settle();
        assertThat(stage.kernel.running)
                .hasSize(3)
                .doesNotContainKeys(1L, 2L, 3L)
                .containsKey(4L);
        assertThat(stage.news()).endsWith("reload").doesNotContain("kill 1004");
        assertThat(second.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(stage.kernel.values).isEmpty();
    }

    @Test
    void a_manager_that_dies_in_the_middle_of_a_sequential_reload_is_no_matter() {
        OptionValues options = TWO.with(WatcherOptions.WARMUP_DELAY, 5.0);
        Watcher first = stage.started(options);
        stage.pass(60);
        stage.ask(first, Kind.RELOAD_IN_TURN);
        stage.settle();
        assertThat(stage.kernel.values).containsEntry("watcher.web", "{\"reloading\": 2, \"sequential\": true}");
        takenOver(options);
        stage.pass(20);
        assertThat(stage.kernel.running).containsOnlyKeys(3L, 4L);
        assertThat(stage.news())
                .containsExactly("kill 1002", "reap 1002 -15", "exit 1002 -15 reload", "spawn 1004", "reload");
        assertThat(stage.kernel.values).isEmpty();
    }

    @Test
    void a_stop_need_not_wait_for_a_reload_that_the_next_manager_goes_on_with() {
        Watcher first = stage.started(TWO.with(WatcherOptions.MAX_RETRY, -1));
        stage.ask(first, Kind.RELOAD);
        Watcher second = takenOver(TWO.with(WatcherOptions.MAX_RETRY, -1));
        stage.kernel.failAlways = true;
        stage.stepChanged();
        Stage.Heard heard = stage.ask(second, Kind.STOP);
        stage.settle();
        assertThat(heard.replies).isEqualTo(1);
        assertThat(second.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.kernel.running).isEmpty();
    }
}
