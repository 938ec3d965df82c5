package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunStateTest {
    @Test
    void says_only_what_differs() {
        RunState state = new RunState(5, 3, true, true, false);
        assertThat(state.toJson())
                .isEqualTo("{\"numprocesses\": 5, \"configured\": 3, \"stopped\": true, \"autostart\": true}");
        assertThat(RunState.fromJson(state.toJson())).contains(state);
        assertThat(RunState.NOTHING.toJson()).isEqualTo("{}");
        assertThat(RunState.fromJson("{}")).contains(RunState.NOTHING);
        assertThat(RunState.fromJson("{\"restarting\": true, \"new\": [1]}"))
                .contains(new RunState(null, null, null, null, true));
    }

    @Test
    void a_text_of_somebody_else_is_none() {
        assertThat(RunState.fromJson("nonsense")).isEmpty();
        assertThat(RunState.fromJson("[1]")).isEmpty();
        assertThat(RunState.fromJson("{\"numprocesses\": \"five\", \"configured\": -1}"))
                .contains(RunState.NOTHING);
    }

    @Test
    void what_the_configuration_changed_since_counts_no_more() {
        RunState state = new RunState(5, 3, true, true, false);
        assertThat(state.under(3, true)).isEqualTo(state);
        assertThat(state.under(4, true)).isEqualTo(new RunState(null, null, true, true, false));
        assertThat(state.under(3, false)).isEqualTo(new RunState(5, 3, null, null, false));
    }

    @Test
    void names_its_value_after_the_watcher() {
        assertThat(RunState.key("web")).isEqualTo("watcher.web");
        assertThat(RunState.watcher("watcher.web")).contains("web");
        assertThat(RunState.watcher("log.0123")).isEmpty();
    }
}
