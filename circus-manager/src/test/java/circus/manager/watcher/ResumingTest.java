package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.kernel.Exit;
import circus.manager.watcher.FakeKernel.Temper;
import circus.manager.watcher.Operation.Kind;
import circus.manager.watcher.Resumption.Action;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The manager dies, and another one goes on with what the kernel holds. */
class ResumingTest {
    private final Stage stage = new Stage();

    /** A watcher of a new manager, told what the kernel has. */
    private Watcher takenOver(OptionValues options, Map<Long, Exit> endedMeanwhile) {
        stage.forget();
        Watcher watcher = stage.watcher("web", options);
        stage.kernel.running.forEach((incarnation, child) -> watcher.adopt(
                Integer.parseInt(child.spec.annotations().getOrDefault("wid", "0")),
                child.launched,
                child.spec.annotations().getOrDefault("digest", ""),
                0,
                Notice.parse(child.notes.get(Notice.KEY))));
        endedMeanwhile.forEach((incarnation, exit) -> watcher.adoptEnded(
                1,
                new circus.manager.kernel.Launched(incarnation, 1000 + incarnation.intValue(), stage.now()),
                exit,
                Optional.empty()));
        return watcher;
    }

    private Resumption resume(Watcher watcher) {
        return watcher.resume(Optional.ofNullable(stage.kernel.values.get("watcher.web"))
                .flatMap(RunState::fromJson)
                .orElse(RunState.NOTHING));
    }

    private Watcher takenOver(OptionValues options) {
        return takenOver(options, Map.of());
    }

    @Test
    void running_workers_are_taken_over_and_nothing_happens_to_them() {
        OptionValues options = Stage.options(WatcherOptions.NUMPROCESSES, 3);
        stage.started(options);
        Watcher watcher = takenOver(options);
        Resumption resumption = resume(watcher);
        stage.settle();
        assertThat(resumption.action()).isEqualTo(Action.GO_ON);
        assertThat(resumption.plan()).isEmpty();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(watcher.processes()).extracting(ProcessView::wid).containsExactly(1, 2, 3);
        assertThat(stage.news()).isEmpty();
        assertThat(stage.kernel.signals).isEmpty();
    }

    @Test
    void what_a_plugin_remembers_is_written_down_before_anything_that_it_asks_for_afterwards() {
        Watcher plugin = stage.watcher(Stage.plugin("plugin:web"));
        stage.ask(plugin, Kind.START);
        stage.settle();
        plugin.remember("it is stopped");
        assertThat(stage.kernel.values.get("watcher.plugin:web")).contains("it is stopped");
        plugin.remember("");
        assertThat(stage.kernel.values).isEmpty();
    }

    @Test
    void an_end_that_nobody_was_told_of_is_told_now_and_the_worker_replaced() {
        OptionValues options = Stage.options(WatcherOptions.NUMPROCESSES, 1);
        stage.started(options);
        stage.kernel.running.clear();
        stage.kernel.notTaken.add(1L);
        Watcher watcher = takenOver(options, Map.of(1L, new Exit(1, 7, stage.now(), 0)));
        resume(watcher);
        stage.settle();
        assertThat(stage.news()).containsExactly("reap 1001 7", "exit 1001 7 died", "spawn 1002");
        assertThat(stage.kernel.notTaken).isEmpty();
    }

    @Test
    void an_end_that_an_earlier_manager_had_asked_for_is_told_as_what_it_was() {
        for (Kind kind : new Kind[] {Kind.STOP, Kind.RESTART}) {
            Stage each = new Stage();
            OptionValues options = Stage.options(WatcherOptions.NUMPROCESSES, 1);
            Watcher first = each.started(options);
            each.kernel.temper = Temper.STUBBORN;
            each.kernel.child(1).temper = Temper.STUBBORN;
            each.ask(first, kind);
            each.settle();
            each.forget();
            each.kernel.running.clear();
            each.kernel.notTaken.add(1L);
            Watcher second = each.watcher("web", options);
            second.adoptEnded(
                    1,
                    new circus.manager.kernel.Launched(1, 1001, each.now()),
                    new Exit(1, -15, each.now(), 0),
                    Optional.empty());
            second.resume(RunState.fromJson(each.kernel.values.getOrDefault("watcher.web", ""))
                    .orElseThrow());
            each.settle();
            String reason = kind == Kind.STOP ? "stop" : "restart";
            assertThat(each.news()).startsWith("reap 1001 -15", "exit 1001 -15 " + reason, "stop");
        }
    }

    @Test
    void workers_of_another_configuration_are_replaced_one_for_one() {
        stage.started(Stage.options(WatcherOptions.NUMPROCESSES, 2));
        Watcher watcher =
                takenOver(Stage.options(WatcherOptions.NUMPROCESSES, 2).with(WatcherOptions.CMD, "sleep 200"));
        Resumption resumption = resume(watcher);
        assertThat(resumption.plan()).containsExactly("replace 2 workers: the configuration has changed");
        stage.kernel.child(2).temper = Temper.STUBBORN;
        stage.settle();
        assertThat(stage.kernel.running).as("never more than wanted").hasSize(2);
        stage.pass(30);
        assertThat(stage.kernel.running.values())
                .hasSize(2)
                .allMatch(child -> child.spec.argv().get(1).equals("200"));
        assertThat(stage.news())
                .contains("exit 1001 -15 replace", "exit 1002 -9 replace", "reap 1001 -15")
                .doesNotContain("stop", "start");
    }

    @Test
    void without_respawn_replaced_workers_are_started_all_the_same() {
        OptionValues options = Stage.options(WatcherOptions.NUMPROCESSES, 2).with(WatcherOptions.RESPAWN, false);
        stage.started(options);
        Watcher watcher = takenOver(options.with(WatcherOptions.CMD, "sleep 200"));
        resume(watcher);
        stage.settle();
        assertThat(stage.kernel.running).hasSize(2);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
    }

    @Test
    void an_incr_survives_the_manager() {
        OptionValues options = Stage.options(WatcherOptions.NUMPROCESSES, 2);
        Watcher first = stage.started(options);
        stage.resize(first, 3);
        stage.settle();
        assertThat(stage.kernel.values).containsEntry("watcher.web", "{\"numprocesses\": 5, \"configured\": 2}");
        Watcher second = takenOver(options);
        resume(second);
        stage.settle();
        assertThat(second.target()).isEqualTo(5);
        assertThat(stage.kernel.running).hasSize(5);
        assertThat(stage.kernel.signals).isEmpty();
    }

    @Test
    void an_edited_number_counts_more_than_an_old_incr() {
        Watcher first = stage.started(Stage.options(WatcherOptions.NUMPROCESSES, 2));
        stage.resize(first, 3);
        stage.settle();
        Watcher second = takenOver(Stage.options(WatcherOptions.NUMPROCESSES, 4));
        Resumption resumption = resume(second);
        stage.settle();
        assertThat(resumption.plan()).containsExactly("stop 1 worker: 4 are wanted");
        assertThat(stage.kernel.running).hasSize(4);
        assertThat(stage.kernel.values).isEmpty();
    }

    @Test
    void a_stopped_watcher_stays_stopped() {
        Watcher first = stage.started(1);
        stage.ask(first, Kind.STOP);
        stage.settle();
        Watcher second = takenOver(Stage.options());
        assertThat(resume(second).action()).isEqualTo(Action.STAY);
        stage.settle();
        assertThat(stage.kernel.running).isEmpty();
        stage.ask(second, Kind.START);
        stage.settle();
        assertThat(stage.kernel.values)
                .as("back to what the configuration says")
                .isEmpty();
    }

    @Test
    void who_has_stopped_it_is_known_to_the_next_manager_until_it_is_told_something_else() throws Exception {
        for (boolean autostart : new boolean[] {true, false}) {
            Stage each = new Stage();
            OptionValues options = Stage.options(WatcherOptions.AUTOSTART, autostart);
            Watcher first = each.started(options);
            each.kernel.temper = Temper.STUBBORN;
            each.ask(first, Kind.STOP);
            Asked asked = first.lastAsked().orElseThrow();
            each.forget();
            Watcher second = each.watcher("web", options);
            second.adopt(1, new circus.manager.kernel.Launched(1, 1001, each.now()), "");
            each.pass(7);
            second.resume(RunState.fromJson(each.kernel.values.getOrDefault("watcher.web", ""))
                    .orElseThrow());
            each.pass(60);
            assertThat(second.status()).isEqualTo(WatcherStatus.STOPPED);
            assertThat(second.lastAsked()).as("that it goes on is no news").contains(asked);
            Watcher third = each.watcher("web", options);
            third.resume(RunState.fromJson(each.kernel.values.getOrDefault("watcher.web", ""))
                    .orElseThrow());
            third.submit(Operation.of(Kind.STOP, Stage.order("stop_once_more", false, new Stage.Heard())));
            each.settle();
            assertThat(third.lastAsked().orElseThrow()).isNotEqualTo(asked);
            assertThat(RunState.fromJson(each.kernel.values.getOrDefault("watcher.web", ""))
                            .orElseThrow()
                            .asked())
                    .isEqualTo(third.lastAsked().orElseThrow());
            each.ask(third, Kind.START);
            each.settle();
            assertThat(each.kernel.values.getOrDefault("watcher.web", "")).doesNotContain("asked");
        }
    }

    @Test
    void a_started_watcher_without_autostart_stays_started() {
        OptionValues options = Stage.options(WatcherOptions.AUTOSTART, false);
        Watcher first = stage.started(options);
        assertThat(first.status()).isEqualTo(WatcherStatus.ACTIVE);
        Watcher second = takenOver(options);
        assertThat(resume(second).action()).isEqualTo(Action.GO_ON);
        Watcher afterLossOfTheKernel = stage.watcher("web", options);
        assertThat(afterLossOfTheKernel
                        .resume(new RunState(null, null, false, false, false))
                        .action())
                .isEqualTo(Action.START);
    }

    @Test
    void a_stop_that_had_begun_is_brought_to_its_end() {
        stage.kernel.temper = Temper.STUBBORN;
        OptionValues options = Stage.options(WatcherOptions.NUMPROCESSES, 2);
        Watcher first = stage.started(options);
        stage.ask(first, Kind.STOP);
        Watcher second = takenOver(options);
        Resumption resumption = resume(second);
        assertThat(resumption.action()).isEqualTo(Action.STOP);
        assertThat(resumption.plan()).containsExactly("stop 2 workers, which had begun before");
        stage.pass(30);
        assertThat(stage.kernel.running).isEmpty();
        assertThat(second.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.kernel.values).containsKey("watcher.web");
    }

    @Test
    void a_restart_that_had_begun_is_brought_to_its_end() {
        stage.kernel.temper = Temper.STUBBORN;
        OptionValues options = Stage.options(WatcherOptions.NUMPROCESSES, 2);
        Watcher first = stage.started(options);
        stage.ask(first, Kind.RESTART);
        stage.kernel.end(1, 0);
        Watcher second = takenOver(options);
        assertThat(resume(second).action()).isEqualTo(Action.RESTART);
        stage.pass(30);
        assertThat(stage.kernel.running).hasSize(2).doesNotContainKeys(1L, 2L);
        assertThat(second.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(stage.kernel.values).isEmpty();
    }

    @Test
    void a_restart_that_had_stopped_everything_starts_it() {
        OptionValues options = Stage.options();
        Watcher first = stage.started(options);
        stage.ask(first, Kind.PAUSE);
        stage.settle();
        Watcher second = takenOver(options);
        resume(second);
        stage.settle();
        assertThat(stage.kernel.running).hasSize(1);
    }

    @Test
    void what_ended_for_good_is_not_started_again() {
        OptionValues options = Stage.options(WatcherOptions.RESPAWN, false);
        stage.started(options);
        stage.kernel.end(1, 0);
        stage.settle();
        Watcher second = takenOver(options);
        assertThat(resume(second).action()).isEqualTo(Action.STAY);
    }

    @Test
    void without_respawn_what_is_missing_is_not_started() {
        OptionValues options = Stage.options(WatcherOptions.NUMPROCESSES, 3).with(WatcherOptions.RESPAWN, false);
        stage.started(options);
        stage.kernel.end(1, 0);
        stage.settle();
        Watcher second = takenOver(options);
        assertThat(resume(second).action()).isEqualTo(Action.GO_ON);
        stage.settle();
        assertThat(stage.kernel.running).hasSize(2);
        stage.kernel.end(2, 0);
        stage.kernel.end(3, 0);
        stage.settle();
        assertThat(second.status()).isEqualTo(WatcherStatus.STOPPED);
    }

    @Test
    void when_autostart_was_switched_off_its_workers_are_stopped() {
        stage.started(1);
        Watcher second = takenOver(Stage.options(WatcherOptions.AUTOSTART, false));
        Resumption resumption = resume(second);
        assertThat(resumption.plan()).containsExactly("stop 1 worker: autostart is off");
        stage.settle();
        assertThat(stage.kernel.running).isEmpty();
        assertThat(second.status()).isEqualTo(WatcherStatus.STOPPED);
    }

    @Test
    void what_an_ended_worker_left_behind_is_ended_by_the_next_manager() {
        OptionValues options = Stage.options();
        stage.started(options);
        FakeKernel.Child child = stage.kernel.child(1);
        stage.kernel.running.clear();
        stage.kernel.lingering.put(1L, child);
        stage.kernel.notTaken.add(1L);
        Watcher second = takenOver(options, Map.of(1L, new Exit(1, 0, stage.now(), 2)));
        resume(second);
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("1 15 leftovers");
        assertThat(stage.kernel.lingering).isEmpty();
        assertThat(second.isQuiet()).isTrue();
    }

    @Test
    void leftovers_of_an_end_that_was_told_are_ended_without_telling_it_again() {
        OptionValues options = Stage.options();
        stage.started(options);
        FakeKernel.Child child = stage.kernel.child(1);
        stage.kernel.running.clear();
        stage.kernel.lingering.put(1L, child);
        Watcher second = takenOver(options);
        second.adoptLeftovers(1, child.launched);
        assertThat(resume(second).action()).isEqualTo(Action.START);
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("1 15 leftovers");
        assertThat(stage.kernel.lingering).isEmpty();
        assertThat(stage.news()).isEmpty();
    }
}
