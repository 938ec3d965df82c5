package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.watcher.WorkerState.Happening;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class WorkerStateTest {
    @Test
    void a_life_that_ends_by_itself() {
        assertThat(WorkerState.STARTING.on(Happening.SPAWNED).on(Happening.EXITED))
                .isEqualTo(WorkerState.GONE);
    }

    @Test
    void a_life_that_is_ended_and_leaves_something_behind() {
        WorkerState state = WorkerState.STARTING.on(Happening.SPAWNED).on(Happening.STOP_ASKED);
        assertThat(state).isEqualTo(WorkerState.STOPPING);
        state = state.on(Happening.EXITED_LEAVING);
        assertThat(state).isEqualTo(WorkerState.LINGERING);
        state = state.on(Happening.GRACE_OVER);
        assertThat(state).isEqualTo(WorkerState.PURGED);
        assertThat(state.on(Happening.LEFTOVERS_GONE)).isEqualTo(WorkerState.GONE);
    }

    @Test
    void what_a_killed_process_leaves_behind_is_killed_too() {
        WorkerState killed = WorkerState.RUNNING.on(Happening.STOP_ASKED).on(Happening.GRACE_OVER);
        assertThat(killed).isEqualTo(WorkerState.KILLED);
        assertThat(killed.on(Happening.EXITED_LEAVING)).isEqualTo(WorkerState.PURGED);
    }

    @Test
    void one_that_is_no_longer_wanted_when_it_comes_up_is_stopped_then() {
        assertThat(WorkerState.STARTING.on(Happening.STOP_ASKED).on(Happening.SPAWNED))
                .isEqualTo(WorkerState.STOPPING);
    }

    @Test
    void a_life_that_hooks_are_asked_about() {
        WorkerState trial = WorkerState.PREPARING.on(Happening.AGREED).on(Happening.SPAWNED_ON_TRIAL);
        assertThat(trial).isEqualTo(WorkerState.ON_TRIAL);
        assertThat(trial.on(Happening.AGREED)).isEqualTo(WorkerState.RUNNING);
        assertThat(trial.on(Happening.REFUSED)).isEqualTo(WorkerState.STOPPING);
        assertThat(trial.on(Happening.STOP_ASKED).on(Happening.AGREED)).isEqualTo(WorkerState.STOPPING);
        assertThat(trial.on(Happening.STOP_ASKED).on(Happening.GRACE_OVER)).isEqualTo(WorkerState.KILLED);
        assertThat(WorkerState.PREPARING.on(Happening.STOP_ASKED).on(Happening.FAILED))
                .isEqualTo(WorkerState.GONE);
    }

    @Test
    void nothing_comes_back_from_gone() {
        for (Happening happening : EnumSet.allOf(Happening.class)) {
            assertThat(WorkerState.GONE.on(happening)).isEqualTo(WorkerState.GONE);
        }
    }

    @Test
    void every_state_leads_to_gone() {
        for (WorkerState from : EnumSet.allOf(WorkerState.class)) {
            WorkerState state = from;
            for (int i = 0; i < 8 && state != WorkerState.GONE; i++) {
                state = state.on(Happening.AGREED)
                        .on(Happening.SPAWNED)
                        .on(Happening.STOP_ASKED)
                        .on(Happening.EXITED_LEAVING)
                        .on(Happening.LEFTOVERS_GONE);
            }
            assertThat(state).as("from %s", from).isEqualTo(WorkerState.GONE);
        }
    }
}
