package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
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
    void without_its_processes_nothing_is_half_done_and_what_starts_by_itself_does() {
        RunState running = RunState.fromJson("{\"stopped\": false, \"autostart\": true, \"restarting\": true,"
                        + " \"reloading\": 7, \"sequential\": true}")
                .orElseThrow();
        assertThat(running.withoutProcesses()).isEqualTo(RunState.NOTHING);
        RunState wished = new RunState(5, 3, true, true, false);
        assertThat(wished.withoutProcesses()).isEqualTo(wished);
        RunState started = new RunState(null, null, false, false, false);
        assertThat(started.withoutProcesses()).isEqualTo(started);
    }

    @Test
    void tells_what_was_set_added_and_removed() {
        RunState state = RunState.fromJson("{\"set\": {\"max_retry\": {\"now\": 9, \"ini\": 5}},"
                        + " \"added\": {\"name\": \"x\"}, \"removed\": \"abc\"}")
                .orElseThrow();
        assertThat(state.set().table()).containsEntry("max_retry", new Overrides.Pair(9L, 5L));
        assertThat(state.added()).containsEntry("name", "x");
        assertThat(state.removed()).isEqualTo("abc");
        assertThat(RunState.fromJson(state.toJson())).contains(state);
        assertThat(state.withoutProcesses()).isEqualTo(state);
    }

    @Test
    void tells_who_has_stopped_it_and_what_its_plugin_remembers() {
        String text =
                "{\"stopped\": true, \"autostart\": true, \"asked\": {\"command\": \"stop web\", \"by\": \"uid 0\","
                        + " \"time\": 1795000000.123456}, \"memory\": \"a \\\"b\\\"\"}";
        RunState state = RunState.fromJson(text).orElseThrow();
        assertThat(state.asked())
                .isEqualTo(new Asked(new Behalf("stop web", "uid 0"), Instant.parse("2026-11-18T11:06:40.123456Z")));
        assertThat(state.memory()).isEqualTo("a \"b\"");
        assertThat(state.toJson()).isEqualTo(text);
        assertThat(state.withoutProcesses()).isEqualTo(state);
        assertThat(state.under(1, true)).isEqualTo(state);
    }

    @Test
    void odd_answers_to_who_has_stopped_it_and_what_is_remembered_count_as_none() {
        for (String odd : List.of(
                "17",
                "{}",
                "{\"command\": 1, \"by\": \"x\", \"time\": 1}",
                "{\"command\": \"x\", \"by\": \"x\", \"time\": NaN}",
                "{\"command\": \"x\", \"by\": \"x\", \"time\": -1}",
                "{\"command\": \"x\", \"by\": \"x\", \"time\": 1e300}")) {
            assertThat(RunState.fromJson("{\"asked\": " + odd + ", \"memory\": [1]}"))
                    .as(odd)
                    .contains(RunState.NOTHING);
        }
    }

    @Test
    void names_its_value_after_the_watcher() {
        assertThat(RunState.key("web")).isEqualTo("watcher.web");
        assertThat(RunState.watcher("watcher.web")).contains("web");
        assertThat(RunState.watcher("log.0123")).isEmpty();
    }
}
