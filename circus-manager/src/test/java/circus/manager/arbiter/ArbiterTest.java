package circus.manager.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.manager.watcher.FakeKernel.Temper;
import circus.manager.watcher.Operation;
import circus.manager.watcher.Operation.Kind;
import circus.manager.watcher.Stage;
import circus.manager.watcher.Watcher;
import circus.manager.watcher.WatcherStatus;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.options.WatcherOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What concerns several watchers, and the end of all. */
class ArbiterTest {
    private final House house = new House();
    private final Arbiter arbiter = house.arbiter;

    private Stage.Heard operate(Kind kind, String pattern, boolean patient) throws CommandException {
        Stage.Heard heard = new Stage.Heard();
        arbiter.operate(kind, arbiter.select(pattern, "glob"), Stage.order("arbiter_" + kind, patient, heard));
        return heard;
    }

    private static final String REMEMBERED = "{\"memory\": \"web is tried again\"}";

    private Watcher plugin() {
        Watcher plugin = house.add(Stage.plugin("plugin:flapping"));
        house.open();
        plugin.remember("web is tried again");
        house.pass(0);
        assertThat(house.file).containsEntry("watcher.plugin:flapping", REMEMBERED);
        return plugin;
    }

    @Test
    void what_plugins_remember_stays_with_the_watchers_that_stay_after_a_quit() throws CommandException {
        house.add("web", Stage.options(WatcherOptions.USE_PAPA, true));
        Watcher plugin = plugin();
        plugin.submit(Operation.resize(1, Stage.order("watcher_incr", true, new Stage.Heard())));
        arbiter.quit(false, false, new Stage.Heard());
        house.pass(1);
        assertThat(plugin.isGone()).isTrue();
        assertThat(house.file)
                .as("but nothing else that was done to it")
                .containsEntry("watcher.plugin:flapping", REMEMBERED);
    }

    @Test
    void where_no_watcher_stays_plugins_forget() throws CommandException {
        house.add("web", Stage.options());
        plugin();
        arbiter.quit(false, false, new Stage.Heard());
        house.pass(1);
        assertThat(house.file).isEmpty();
    }

    @Test
    void finds_watchers_without_regard_to_case() throws CommandException {
        Watcher watcher = house.add("Shelly Two", Stage.options());
        assertThat(arbiter.find("SHELLY two")).isSameAs(watcher);
        assertThatThrownBy(() -> arbiter.find("Nope")).hasMessage("program Nope not found");
    }

    @Test
    void selects_by_glob() throws CommandException {
        Watcher web1 = house.add("Web1", Stage.options());
        Watcher web2 = house.add("web2", Stage.options());
        house.add("other", Stage.options());
        assertThat(arbiter.select("WEB?", "glob")).containsExactly(web1, web2);
        assertThat(arbiter.select("web[!1]", "glob")).containsExactly(web2);
    }

    @Test
    void a_regular_expression_is_anchored_at_the_start_only() throws CommandException {
        Watcher sleeper = house.add("Sleeper", Stage.options());
        assertThat(arbiter.select("sle", "regex")).containsExactly(sleeper);
        assertThat(arbiter.select("S\\Se", "regex")).containsExactly(sleeper);
        assertThatThrownBy(() -> arbiter.select("leep", "regex")).hasMessage("program leep not found");
        assertThatThrownBy(() -> arbiter.select("(", "regex"))
                .extracting(refused -> ((CommandException) refused).code())
                .isEqualTo(ErrorCode.COMMAND_ERROR);
        assertThatThrownBy(() -> arbiter.select("sle", "simple")).hasMessage("program sle not found");
        assertThatThrownBy(() -> arbiter.select("x", "bogus")).hasMessage("unknown match method bogus");
    }

    @Test
    void a_pattern_that_would_take_for_ever_is_refused() {
        house.add("a".repeat(60), Stage.options());
        assertThatThrownBy(() -> arbiter.select("(.*a){20}x", "regex")).hasMessageContaining("it takes too long");
        assertThatThrownBy(() -> arbiter.select("(".repeat(500) + ")".repeat(500) + "z", "regex"))
                .isInstanceOf(CommandException.class);
        assertThatThrownBy(() -> arbiter.select("*a".repeat(300) + "b", "glob")).hasMessageContaining("not found");
        assertThatThrownBy(() -> arbiter.select("*".repeat(100_000), "glob"))
                .hasMessage("cannot look for a name of 100000 characters: 1000 are allowed");
    }

    @Test
    void starts_from_the_highest_priority_to_the_lowest_and_leaves_out_what_has_no_autostart() {
        house.add("low", Stage.options(WatcherOptions.PRIORITY, -1));
        house.add("high", Stage.options(WatcherOptions.PRIORITY, 5).with(WatcherOptions.WARMUP_DELAY, 1.0));
        house.add("a", Stage.options());
        house.add("b", Stage.options());
        house.add("off", Stage.options(WatcherOptions.AUTOSTART, false));
        house.open();
        assertThat(house.kernel.names()).containsExactly("high.1");
        house.pass(1);
        assertThat(house.kernel.names()).containsExactly("high.1", "a.1", "b.1", "low.1");
        assertThat(house.news())
                .containsSubsequence("high.spawn", "high.start", "a.spawn", "b.spawn", "low.spawn", "low.start");
    }

    @Test
    void with_a_warm_up_one_watcher_is_started_after_the_other_with_a_pause_between() {
        arbiter.warmup(2.5);
        house.add("low", Stage.options(WatcherOptions.PRIORITY, -1));
        house.add("a", Stage.options(WatcherOptions.WARMUP_DELAY, 1.0));
        house.add("b", Stage.options());
        house.open();
        assertThat(house.kernel.names()).containsExactly("a.1");
        house.pass(3.4);
        assertThat(house.kernel.names()).containsExactly("a.1");
        house.pass(0.1);
        assertThat(house.kernel.names()).containsExactly("a.1", "b.1");
        house.pass(2.4);
        assertThat(house.kernel.names()).containsExactly("a.1", "b.1");
        house.pass(0.1);
        assertThat(house.kernel.names()).containsExactly("a.1", "b.1", "low.1");
    }

    @Test
    void a_start_of_several_watchers_has_the_pauses_too_and_does_not_wait_after_the_last() throws CommandException {
        house.add("a", Stage.options());
        house.add("b", Stage.options());
        house.open();
        operate(Kind.STOP, "*", true);
        house.pass(1);
        arbiter.warmup(10);
        Stage.Heard heard = operate(Kind.START, "*", true);
        house.pass(9);
        assertThat(heard.replies).isZero();
        assertThat(house.kernel.names()).containsExactly("a.1");
        house.pass(1.1);
        assertThat(heard.change).isPresent();
        assertThat(house.kernel.names()).containsExactly("a.1", "b.1");
    }

    @Test
    void who_is_stopped_during_the_pause_before_it_is_not_started_and_the_next_comes_at_its_time()
            throws CommandException {
        arbiter.warmup(10);
        house.add("a", Stage.options());
        Watcher b = house.add("b", Stage.options());
        house.add("c", Stage.options());
        house.open();
        arbiter.operate(b, Operation.of(Kind.STOP, Stage.order("watcher_stop", false, new Stage.Heard())));
        house.pass(10);
        assertThat(house.kernel.names()).containsExactly("a.1", "c.1");
    }

    @Test
    void who_stops_a_watcher_before_its_turn_finds_it_stopped() throws CommandException {
        house.add("high", Stage.options(WatcherOptions.PRIORITY, 5).with(WatcherOptions.WARMUP_DELAY, 10.0));
        Watcher low = house.add("low", Stage.options());
        house.open();
        arbiter.operate(low, Operation.of(Kind.STOP, Stage.order("watcher_stop", false, new Stage.Heard())));
        house.pass(60);
        assertThat(low.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(house.kernel.names()).containsExactly("high.1");
    }

    @Test
    void a_reload_of_all_goes_by_priority_and_leaves_alone_who_rests() throws CommandException {
        house.add("low", Stage.options());
        house.add("high", Stage.options(WatcherOptions.PRIORITY, 5));
        house.add("off", Stage.options(WatcherOptions.AUTOSTART, false));
        Watcher stopped = house.add("stopped", Stage.options());
        house.open();
        arbiter.operate(stopped, Operation.of(Kind.STOP, Stage.order("watcher_stop", true, new Stage.Heard())));
        house.settle();
        house.news();
        for (Kind kind : new Kind[] {Kind.RELOAD, Kind.RELOAD_IN_TURN, Kind.RESTART}) {
            Stage.Heard heard = new Stage.Heard();
            arbiter.reload(kind, Stage.order("arbiter_reload", false, heard));
            house.settle();
            assertThat(heard.replies).isEqualTo(1);
            assertThat(house.news())
                    .containsSubsequence("high.spawn", "low.spawn")
                    .allMatch(each -> each.startsWith("high.") || each.startsWith("low."));
            assertThat(house.kernel.running).hasSize(2);
        }
    }

    @Test
    void an_incr_before_its_turn_does_not_keep_a_watcher_from_starting() throws CommandException {
        house.add("high", Stage.options(WatcherOptions.PRIORITY, 5).with(WatcherOptions.WARMUP_DELAY, 10.0));
        Watcher low = house.add("low", Stage.options());
        house.open();
        arbiter.operate(low, Operation.resize(1, Stage.order("watcher_incr", false, new Stage.Heard())));
        house.pass(60);
        assertThat(low.processes()).hasSize(2);
    }

    @Test
    void our_own_start_stands_in_nobodys_way() throws CommandException {
        house.add("slow", Stage.options(WatcherOptions.NUMPROCESSES, 9).with(WatcherOptions.WARMUP_DELAY, 10.0));
        house.add("next", Stage.options(WatcherOptions.PRIORITY, -1));
        house.open();
        Stage.Heard stop = operate(Kind.STOP, "*", false);
        house.settle();
        assertThat(stop.replies).isEqualTo(1);
        house.pass(200);
        assertThat(house.kernel.running).isEmpty();
    }

    @Test
    void a_second_one_waits_if_it_is_patient_and_is_refused_otherwise() throws CommandException {
        house.kernel.temper = Temper.STUBBORN;
        house.add("a", Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 1.0));
        house.add("b", Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 2.0));
        house.open();
        Stage.Heard restart = operate(Kind.RESTART, "*", false);
        assertThatThrownBy(() -> operate(Kind.STOP, "*", false))
                .hasMessage("arbiter is already running arbiter_RESTART command");
        Stage.Heard stop = operate(Kind.STOP, "*", true);
        house.pass(1.5);
        assertThat(house.kernel.running).as("b first has to end").hasSize(1);
        house.pass(0.5);
        assertThat(restart.replies).isEqualTo(1);
        assertThat(stop.replies).isZero();
        house.pass(2);
        assertThat(stop.replies).isEqualTo(1);
        assertThat(house.kernel.running).isEmpty();
    }

    @Test
    void one_watcher_that_is_busy_makes_an_operation_on_all_fail() throws CommandException {
        house.kernel.temper = Temper.STUBBORN;
        Watcher busy = house.add("a", Stage.options());
        house.add("b", Stage.options());
        house.open();
        arbiter.operate(busy, Operation.of(Kind.RESTART, Stage.order("watcher_restart", false, new Stage.Heard())));
        assertThatThrownBy(() -> operate(Kind.STOP, "*", false))
                .hasMessage("arbiter is already running watcher_restart command");
    }

    @Test
    void a_restart_of_all_stops_everything_and_starts_what_has_autostart() throws CommandException {
        Watcher manual = house.add("manual", Stage.options(WatcherOptions.AUTOSTART, false));
        house.add("web", Stage.options());
        house.open();
        arbiter.operate(manual, Operation.of(Kind.START, Stage.order("watcher_start", false, new Stage.Heard())));
        house.settle();
        house.news();
        operate(Kind.RESTART, "*", false);
        house.settle();
        assertThat(house.kernel.names()).containsExactly("web.1");
        assertThat(house.news()).containsSubsequence("manual.stop", "web.spawn", "web.start");
        assertThat(house.kernel.values)
                .as("who has stopped it, and nothing else")
                .containsOnlyKeys("watcher.manual");
        assertThat(house.kernel.values.get("watcher.manual")).startsWith("{\"asked\": {");
    }

    @Test
    void a_quit_stops_what_lacks_use_papa_and_leaves_the_rest() throws CommandException {
        house.add("web", Stage.options());
        Watcher kept = house.add("kept", Stage.options(WatcherOptions.USE_PAPA, true));
        house.open();
        Stage.Heard quit = new Stage.Heard();
        arbiter.quit(false, true, quit);
        house.settle();
        assertThat(house.kernel.names()).containsExactly("kept.1");
        assertThat(house.farewells).containsExactly(new Farewell(Farewell.Kind.QUIT, false, java.util.List.of(kept)));
        assertThat(quit.replies).as("answered when the rest is done too").isZero();
        assertThat(arbiter.awaitingEnd()).containsExactly(quit);
    }

    @Test
    void a_quit_that_terminates_leaves_nothing() throws CommandException {
        house.add("kept", Stage.options(WatcherOptions.USE_PAPA, true));
        house.open();
        arbiter.quit(true, false, new Stage.Heard());
        house.settle();
        assertThat(house.kernel.running).isEmpty();
        assertThat(house.farewells).hasSize(1);
        assertThat(house.farewells.get(0).staying()).isEmpty();
    }

    @Test
    void a_quit_always_wins_over_what_is_under_way() throws CommandException {
        house.kernel.temper = Temper.STUBBORN;
        house.add("a", Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 3.0));
        house.open();
        Stage.Heard restart = operate(Kind.RESTART, "*", true);
        Stage.Heard waiting = operate(Kind.START, "*", true);
        house.settle();
        arbiter.quit(false, false, new Stage.Heard());
        house.pass(3);
        assertThat(house.farewells).hasSize(1);
        assertThat(house.kernel.running).isEmpty();
        assertThat(restart.replies).isEqualTo(1);
        assertThat(waiting.replies).isEqualTo(1);
    }

    @Test
    void during_the_end_everything_else_is_refused_but_a_quit_that_ends_more() throws CommandException {
        house.kernel.temper = Temper.STUBBORN;
        Watcher web = house.add("web", Stage.options());
        house.add("kept", Stage.options(WatcherOptions.USE_PAPA, true));
        house.open();
        arbiter.quit(false, false, new Stage.Heard());
        house.settle();
        String conflict = "arbiter is already running arbiter_stop command";
        assertThatThrownBy(() -> arbiter.operate(
                        web, Operation.of(Kind.START, Stage.order("watcher_start", true, new Stage.Heard()))))
                .hasMessage(conflict);
        assertThatThrownBy(() -> operate(Kind.START, "*", true)).hasMessage(conflict);
        assertThatThrownBy(() -> arbiter.quit(false, false, new Stage.Heard())).hasMessage(conflict);
        assertThatThrownBy(arbiter::detach).hasMessage(conflict);
        arbiter.quit(true, false, new Stage.Heard());
        house.pass(30);
        assertThat(house.kernel.running).isEmpty();
        assertThat(house.farewells).hasSize(1);
        assertThat(house.farewells.get(0).terminate()).isTrue();
    }

    @Test
    void a_detach_touches_nothing() throws CommandException {
        house.add("web", Stage.options());
        house.open();
        house.news();
        arbiter.detach();
        house.settle();
        assertThat(house.kernel.names()).containsExactly("web.1");
        assertThat(house.news()).isEmpty();
        assertThat(house.farewells).extracting(Farewell::kind).containsExactly(Farewell.Kind.DETACH);
        assertThatThrownBy(() -> arbiter.quit(false, true, new Stage.Heard()))
                .hasMessage("arbiter is already running arbiter_stop command");
    }

    @Test
    void a_thousand_watchers_are_no_trouble() throws CommandException {
        for (int i = 0; i < 1_000; i++) {
            house.add("w" + i, Stage.options());
        }
        house.open();
        assertThat(house.kernel.running).hasSize(1_000);
        house.kernel.end(500, -9);
        house.settle();
        assertThat(house.kernel.running).hasSize(1_000);
        arbiter.quit(false, false, new Stage.Heard());
        house.settle();
        assertThat(house.kernel.running).isEmpty();
        assertThat(house.farewells).hasSize(1);
    }

    @Test
    void a_stop_of_many_reaches_all_of_them_side_by_side() throws CommandException {
        for (int i = 0; i < 50; i++) {
            house.add("w" + i, Stage.options());
        }
        house.open();
        house.kernel.running.values().forEach(child -> child.temper = Temper.STUBBORN);
        house.kernel.signals.clear();
        operate(Kind.STOP, "*", true);
        house.settle();
        assertThat(house.kernel.signals).hasSize(50);
    }

    @Test
    void a_change_of_options_takes_no_watcher_out_of_a_start() throws CommandException {
        arbiter.warmup(30);
        house.add("a", Stage.options());
        Watcher b = house.add("b", Stage.options());
        house.open();
        arbiter.operate(
                b, Operation.change(Map.of("max_age", 100L), Stage.order("watcher_set", false, new Stage.Heard())));
        house.pass(30);
        assertThat(house.kernel.names()).containsExactly("a.1", "b.1");
    }

    @Test
    void who_waits_for_a_watcher_whose_processes_are_let_go_is_told() throws CommandException {
        Watcher web = house.add("web", Stage.options());
        house.open();
        house.kernel.running.values().forEach(child -> child.temper = Temper.STUBBORN);
        Stage.Heard stop = operate(Kind.STOP, "*", true);
        house.settle();
        Stage.Heard removal = new Stage.Heard();
        house.changes.remove(web, false, Stage.order("arbiter_rm_watcher", true, removal));
        house.settle();
        assertThat(removal.replies).isEqualTo(1);
        assertThat(stop.replies).isEqualTo(1);
        assertThat(arbiter.jobs()).isEmpty();
    }

    @Test
    void who_waits_when_the_manager_ends_is_told() throws CommandException {
        Watcher web = house.add("web", Stage.options());
        house.open();
        house.kernel.running.values().forEach(child -> child.temper = Temper.STUBBORN);
        Stage.Heard restart = new Stage.Heard();
        arbiter.operate(web, Operation.of(Kind.RESTART, Stage.order("watcher_restart", true, restart)));
        Stage.Heard all = operate(Kind.STOP, "*", true);
        house.settle();
        arbiter.detach();
        arbiter.abandon("circusd has ended");
        assertThat(restart.failure).isPresent();
        assertThat(all.failure).isPresent();
    }
}
