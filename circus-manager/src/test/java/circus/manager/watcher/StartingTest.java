package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.watcher.Operation.Kind;
import circus.message.Event;
import circus.message.EventKind;
import circus.message.Json;
import circus.options.WatcherOptions;
import org.junit.jupiter.api.Test;

/** A watcher from stopped to active, or to why not. */
class StartingTest {
    private final Stage stage = new Stage();

    @Test
    void starts_the_wanted_number_of_workers_and_becomes_active() {
        Watcher watcher = stage.watcher("Web", Stage.options(WatcherOptions.NUMPROCESSES, 3));
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);

        Stage.Heard heard = stage.ask(watcher, Kind.START);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STARTING);
        stage.settle();

        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(stage.kernel.names()).containsExactly("web.1", "web.2", "web.3");
        assertThat(stage.news()).containsExactly("spawn 1001", "spawn 1002", "spawn 1003", "start");
        assertThat(heard.change.orElseThrow().started()).containsExactly(1001, 1002, 1003);
        assertThat(heard.change.orElseThrow().kept()).isEmpty();
    }

    @Test
    void the_first_worker_proves_the_command_and_the_rest_go_out_together() {
        Watcher watcher = stage.watcher("web", Stage.options(WatcherOptions.NUMPROCESSES, 4));
        stage.ask(watcher, Kind.START);
        stage.stepChanged();
        assertThat(stage.kernel.waiting()).isEqualTo(1);
        stage.kernel.answerOne();
        stage.stepChanged();
        assertThat(stage.kernel.waiting()).isEqualTo(3);
    }

    @Test
    void a_worker_carries_its_number_and_the_digest_of_its_configuration() {
        Watcher watcher = stage.watcher(
                "web", Stage.options(WatcherOptions.STOP_SIGNAL, 3).with(WatcherOptions.GRACEFUL_TIMEOUT, 2.5));
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.kernel.child(1L).spec.annotations())
                .containsEntry("wid", "1")
                .containsEntry("digest", watcher.config().digest())
                .containsEntry("stop_signal", "3")
                .containsEntry("graceful_timeout", "2.5");
    }

    @Test
    void the_warm_up_is_counted_from_spawn_to_spawn_and_once_more_before_the_watcher_is_active() {
        Watcher watcher = stage.watcher(
                "web", Stage.options(WatcherOptions.NUMPROCESSES, 2).with(WatcherOptions.WARMUP_DELAY, 0.1));
        Stage.Heard heard = stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.kernel.names()).containsExactly("web.1");
        stage.pass(0.099);
        assertThat(stage.kernel.names()).containsExactly("web.1");
        stage.pass(0.001);
        assertThat(stage.kernel.names()).containsExactly("web.1", "web.2");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STARTING);
        assertThat(heard.replies).isZero();
        stage.pass(0.1);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(heard.replies).isEqualTo(1);
        assertThat(stage.events).extracting(Event::kind).endsWith(EventKind.SPAWN, EventKind.START);
    }

    @Test
    void the_time_of_a_spawn_event_is_the_start_of_the_process() {
        stage.pass(12);
        Watcher watcher = stage.started(1);
        stage.kernel.end(1, 0);
        stage.settle();
        assertThat(stage.events.get(2).payload())
                .containsEntry("time", Json.seconds(watcher.processes().get(0).started()));
    }

    @Test
    void a_program_that_cannot_be_started_is_tried_max_retry_times_and_then_the_watcher_stops() {
        stage.kernel.failAlways = true;
        Watcher watcher = stage.watcher(
                "bad", Stage.options(WatcherOptions.NUMPROCESSES, 3).with(WatcherOptions.MAX_RETRY, 4));
        Stage.Heard heard = stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.kernel.spawns).isEqualTo(4);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.news()).containsExactly("stop");
        assertThat(heard.change.orElseThrow().started()).isEmpty();
        assertThat(stage.kernel.values).as("the next manager may try again").isEmpty();
    }

    @Test
    void a_failure_between_successes_does_not_count_against_them() {
        Watcher watcher = stage.watcher(
                "web", Stage.options(WatcherOptions.NUMPROCESSES, 1).with(WatcherOptions.MAX_RETRY, 2));
        stage.kernel.failures.add("cannot start web.1: EAGAIN");
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        stage.kernel.failures.add("cannot start web.1: EAGAIN");
        stage.kernel.end(1, -9);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(stage.kernel.names()).containsExactly("web.1");
    }

    @Test
    void endless_retries_slow_down_to_one_a_second() {
        stage.kernel.failAlways = true;
        Watcher watcher = stage.watcher("bad", Stage.options(WatcherOptions.MAX_RETRY, -1));
        stage.ask(watcher, Kind.START);
        stage.settle();
        int quick = stage.kernel.spawns;
        assertThat(quick).isEqualTo(Pacing.QUICK_FAILURES + 1);
        stage.pass(3);
        assertThat(stage.kernel.spawns).isEqualTo(quick + 3);
        stage.kernel.failAlways = false;
        stage.pass(1);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
    }

    @Test
    void with_max_retry_0_nothing_is_tried() {
        Watcher watcher = stage.watcher("web", Stage.options(WatcherOptions.MAX_RETRY, 0));
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.kernel.spawns).isZero();
        assertThat(stage.news()).containsExactly("stop");
    }

    @Test
    void a_command_that_cannot_be_split_fails_without_the_kernel() {
        Watcher watcher = stage.watcher("web", Stage.options(WatcherOptions.CMD, "sleep \"100"));
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.kernel.spawns).isZero();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.news()).containsExactly("stop");
    }

    @Test
    void with_numprocesses_0_a_start_ends_stopped() {
        Watcher watcher = stage.watcher("web", Stage.options(WatcherOptions.NUMPROCESSES, 0));
        Stage.Heard heard = stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.news()).containsExactly("stop");
        assertThat(heard.replies).isEqualTo(1);
    }

    @Test
    void a_start_of_an_active_watcher_keeps_its_processes() {
        Watcher watcher = stage.started(2);
        Stage.Heard heard = stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(heard.change.orElseThrow().started()).isEmpty();
        assertThat(heard.change.orElseThrow().kept()).containsExactly(1001, 1002);
        assertThat(stage.news()).isEmpty();
    }

    @Test
    void a_stop_in_the_middle_of_a_start_ends_also_what_the_kernel_has_not_answered_yet() {
        Watcher watcher = stage.watcher("web", Stage.options(WatcherOptions.NUMPROCESSES, 3));
        Stage.Heard start = stage.ask(watcher, Kind.START);
        stage.stepChanged();
        stage.kernel.answerOne();
        stage.stepChanged();
        watcher.quit();
        assertThat(start.failure).contains("server error");
        stage.settle();
        assertThat(stage.kernel.running).isEmpty();
        assertThat(watcher.isQuiet()).isTrue();
        assertThat(watcher.processes()).isEmpty();
        assertThat(stage.events)
                .filteredOn(event -> event.kind() == EventKind.SPAWN)
                .hasSize(3);
        assertThat(stage.events)
                .filteredOn(event -> event.kind() == EventKind.EXIT)
                .hasSize(3);
    }

    @Test
    void of_very_many_only_some_are_asked_for_at_once() {
        Watcher watcher = stage.watcher("web", Stage.options(WatcherOptions.NUMPROCESSES, 2_500));
        Stage.Heard heard = stage.ask(watcher, Kind.START);
        stage.stepChanged();
        stage.kernel.answerOne();
        stage.stepChanged();
        assertThat(stage.kernel.waiting()).isEqualTo(Recruiter.MOST_COMING);
        stage.kernel.answerOne();
        stage.stepChanged();
        assertThat(stage.kernel.waiting()).isEqualTo(Recruiter.MOST_COMING);
        stage.settle();
        assertThat(stage.kernel.running).hasSize(2_500);
        assertThat(heard.replies).isEqualTo(1);
    }
}
