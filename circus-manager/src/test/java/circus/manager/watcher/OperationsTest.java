package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.manager.watcher.FakeKernel.Temper;
import circus.manager.watcher.Operation.Kind;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.options.WatcherOptions;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Several operations on one watcher. */
class OperationsTest {
    private final Stage stage = new Stage();

    private Operation impatient(Kind kind, String lock) {
        return Operation.of(kind, Stage.order(lock, false, new Stage.Heard()));
    }

    @Test
    void an_impatient_one_is_refused_with_the_name_of_the_one_that_runs() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(1);
        stage.ask(watcher, Kind.RESTART);
        assertThatThrownBy(() -> watcher.submit(impatient(Kind.STOP, "watcher_stop")))
                .isInstanceOf(CommandException.class)
                .hasMessage("arbiter is already running watcher_restart command")
                .extracting(refused -> ((CommandException) refused).code())
                .isEqualTo(ErrorCode.COMMAND_ERROR);
    }

    @Test
    void a_patient_one_waits_for_its_turn() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 1.0));
        Stage.Heard restart = stage.ask(watcher, Kind.RESTART);
        Stage.Heard stop = stage.ask(watcher, Kind.STOP);
        Stage.Heard resize = stage.resize(watcher, 3);
        assertThat(watcher.target()).as("not yet").isEqualTo(1);
        stage.pass(1);
        assertThat(restart.replies).isEqualTo(1);
        assertThat(restart.change.orElseThrow().started()).hasSize(1);
        assertThat(stop.replies).isZero();
        stage.pass(1);
        assertThat(stop.replies).isEqualTo(1);
        assertThat(resize.replies).isEqualTo(1);
        assertThat(watcher.target()).isEqualTo(4);
        assertThat(stage.kernel.running).isEmpty();
    }

    @Test
    void one_that_waits_makes_the_next_impatient_one_fail_too() {
        Watcher watcher = stage.watcher("web", Stage.options(WatcherOptions.NUMPROCESSES, 2));
        stage.kernel.failAlways = true;
        stage.ask(watcher, Kind.START);
        stage.ask(watcher, Kind.STOP);
        assertThat(watcher.conflict()).contains("watcher_start");
        stage.settle();
        assertThat(watcher.conflict()).isEmpty();
    }

    @Test
    void respawning_is_in_nobodys_way() {
        Watcher watcher = stage.started(1);
        stage.kernel.end(1, -9);
        stage.stepChanged();
        assertThat(watcher.conflict()).isEmpty();
    }

    @Test
    void stopping_for_want_of_a_program_is_in_nobodys_way() throws CommandException {
        Watcher watcher = stage.started(2);
        stage.kernel.child(2).temper = Temper.STUBBORN;
        stage.kernel.failAlways = true;
        stage.kernel.end(1, 1);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPING);
        stage.kernel.failAlways = false;
        watcher.submit(impatient(Kind.START, "watcher_start"));
        stage.settle();
        assertThat(watcher.status()).as("the stop comes to its end first").isEqualTo(WatcherStatus.STOPPING);
        stage.pass(30);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(stage.kernel.running).hasSize(2);
    }

    @Test
    void a_stop_cuts_our_own_start_short() throws CommandException {
        Watcher watcher = stage.watcher(
                "web", Stage.options(WatcherOptions.NUMPROCESSES, 3).with(WatcherOptions.WARMUP_DELAY, 10.0));
        Stage.Heard own = new Stage.Heard();
        watcher.submit(
                Operation.of(Kind.START, Order.ofOwnAccord("start", Instant.EPOCH, "arbiter_start_watchers", own)));
        stage.pass(1);
        assertThat(stage.kernel.running).hasSize(1);
        assertThat(watcher.conflict()).isEmpty();
        Stage.Heard stop = new Stage.Heard();
        watcher.submit(Operation.of(Kind.STOP, Stage.order("watcher_stop", false, stop)));
        stage.settle();
        assertThat(own.replies).isEqualTo(1);
        assertThat(stop.replies).isEqualTo(1);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        stage.pass(60);
        assertThat(stage.kernel.running).isEmpty();
    }

    @Test
    void too_many_that_wait_are_refused() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(1);
        stage.ask(watcher, Kind.STOP);
        for (int i = 0; i < Operations.MOST_WAITING; i++) {
            assertThat(stage.ask(watcher, Kind.START).replies).isZero();
        }
        assertThat(stage.ask(watcher, Kind.START).failure).contains("arbiter is already running watcher_stop command");
    }

    @Test
    void the_end_of_the_daemon_refuses_all_that_wait_and_fails_what_runs() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(1);
        Stage.Heard restart = stage.ask(watcher, Kind.RESTART);
        Stage.Heard waiting = stage.ask(watcher, Kind.START);
        watcher.quit();
        assertThat(restart.failure).contains("server error");
        assertThat(waiting.failure).contains("arbiter is already running arbiter_stop command");
        stage.pass(30);
        assertThat(watcher.isQuiet()).isTrue();
        assertThat(watcher.processes()).isEmpty();
        assertThat(restart.replies + waiting.replies).isEqualTo(2);
    }

    @Test
    void a_pause_is_a_stop_that_the_next_manager_undoes() {
        Watcher watcher = stage.started(1);
        stage.ask(watcher, Kind.PAUSE);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.kernel.values).containsEntry("watcher.web", "{\"restarting\": true}");
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.kernel.values).isEmpty();
    }

    @Test
    void what_runs_and_what_waits_is_told_in_its_order() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(1);
        stage.ask(watcher, Kind.RESTART);
        stage.ask(watcher, Kind.STOP);
        stage.resize(watcher, 3);
        assertThat(watcher.jobs())
                .extracting(job -> job.order().words() + (job.running() ? " runs" : " waits"))
                .containsExactly("watcher_restart runs", "watcher_stop waits", "watcher_incr waits");
    }

    @Test
    void one_that_waits_can_be_cancelled_and_those_behind_it_go_on() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(Stage.options(WatcherOptions.GRACEFUL_TIMEOUT, 1.0));
        stage.ask(watcher, Kind.RESTART);
        Stage.Heard stop = stage.ask(watcher, Kind.STOP);
        Stage.Heard resize = stage.resize(watcher, 3);
        long number = watcher.jobs().get(1).order().number();
        CommandException cause = CommandException.invalid("not wanted any more");
        assertThat(watcher.cancel(number, cause)).isTrue();
        assertThat(watcher.cancel(number, cause)).as("again").isFalse();
        assertThat(stop.failure).contains("not wanted any more");
        stage.pass(3);
        assertThat(stop.replies).isEqualTo(1);
        assertThat(resize.replies).isEqualTo(1);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(watcher.jobs()).isEmpty();
    }

    @Test
    void what_has_begun_is_not_cancelled() {
        stage.kernel.temper = Temper.STUBBORN;
        Watcher watcher = stage.started(1);
        Stage.Heard restart = stage.ask(watcher, Kind.RESTART);
        long number = watcher.jobs().get(0).order().number();
        assertThat(watcher.cancel(number, CommandException.serverError())).isFalse();
        assertThat(restart.replies).isZero();
    }

    @Test
    void a_start_that_is_tried_for_ever_keeps_nobody_from_stopping_it() throws CommandException {
        Watcher watcher = stage.watcher("web", Stage.options(WatcherOptions.MAX_RETRY, -1));
        stage.kernel.failAlways = true;
        Stage.Heard start = stage.ask(watcher, Kind.START);
        stage.pass(60);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STARTING);
        assertThat(start.replies).isEqualTo(1);
        watcher.submit(impatient(Kind.STOP, "watcher_stop"));
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
    }
}
