package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.config.WatcherConfig;
import circus.message.CommandException;
import circus.options.WatcherOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Options that are set while the watcher runs. */
class ChangingTest {
    private final Stage stage = new Stage();

    private Stage.Heard set(Watcher watcher, Object... keysAndValues) {
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            options.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        Stage.Heard heard = new Stage.Heard();
        try {
            watcher.submit(Operation.change(options, Stage.order("watcher_set", true, heard)));
        } catch (CommandException refused) {
            heard.failed(refused);
        }
        stage.settle();
        return heard;
    }

    private FakeKernel.Child child(long incarnation) {
        return Objects.requireNonNull(stage.kernel.running.get(incarnation));
    }

    @Test
    void an_option_that_nothing_depends_on_counts_from_the_next_time() {
        Watcher watcher = stage.started(2);
        stage.kernel.running.values().forEach(child -> child.temper = FakeKernel.Temper.STUBBORN);
        assertThat(set(watcher, "graceful_timeout", 2.0, "stop_signal", 2L).change)
                .isPresent();
        assertThat(stage.news()).containsExactly("updated", "updated");
        assertThat(stage.kernel.signals).isEmpty();
        stage.ask(watcher, Operation.Kind.STOP);
        stage.pass(2);
        assertThat(stage.kernel.signals).containsExactly("1 2", "2 2", "1 9", "2 9");
    }

    @Test
    void a_process_that_depends_on_it_is_replaced() {
        Watcher watcher = stage.started(2);
        assertThat(set(watcher, "cmd", "sleep 200").change.orElseThrow().stopped())
                .containsExactly(1001, 1002);
        assertThat(stage.news())
                .containsExactly(
                        "updated",
                        "spawn 1003",
                        "spawn 1004",
                        "kill 1001",
                        "kill 1002",
                        "exit 1001 -15 reload",
                        "exit 1002 -15 reload",
                        "reload");
        assertThat(watcher.report()).containsEntry("cmd", "sleep 200");
        assertThat(stage.kernel.running.values())
                .allSatisfy(child -> assertThat(child.spec.argv()).containsExactly("sleep", "200"));
    }

    @Test
    void also_with_send_hup_since_no_process_can_change_its_own_command() {
        Watcher watcher = stage.started(Stage.options(WatcherOptions.SEND_HUP, true));
        set(watcher, "cmd", "sleep 200");
        assertThat(stage.kernel.running).containsOnlyKeys(2L);
    }

    @Test
    void all_options_of_a_command_or_none() {
        Watcher watcher = stage.started(1);
        assertThat(set(watcher, "graceful_timeout", 2.0, "max_retry", "many").failure)
                .contains("'max_retry' isn't an integer");
        assertThat(set(watcher, "zzz", 2L).failure).contains("unknown key 'zzz'");
        assertThat(stage.news()).isEmpty();
        assertThat(watcher.report()).containsEntry("graceful_timeout", 30.0);
    }

    @Test
    void the_number_of_processes_fits_at_once() {
        Watcher watcher = stage.started(3);
        set(watcher, "numprocesses", 1L);
        assertThat(stage.news()).startsWith("updated", "kill 1001", "kill 1002");
        set(watcher, "numprocesses", 2L);
        assertThat(stage.kernel.running).hasSize(2);
        assertThat(watcher.report()).containsEntry("numprocesses", 2L);
        assertThat(stage.kernel.values).containsEntry("watcher.web", "{\"numprocesses\": 2, \"configured\": 3}");
    }

    @Test
    void a_singleton_has_one_process_only() {
        Watcher watcher = stage.started(1);
        stage.resize(watcher, 2);
        stage.settle();
        set(watcher, "singleton", true);
        assertThat(watcher.target()).isEqualTo(1);
        assertThat(stage.kernel.running).hasSize(1);
        assertThat(set(watcher, "numprocesses", 2L).failure)
                .hasValueSatisfying(reason -> assertThat(reason).endsWith("Singleton watcher has a single process"));
    }

    @Test
    void a_change_holds_for_the_next_manager_as_long_as_the_file_says_the_same() {
        WatcherConfig ini = Stage.config("web", Stage.options(WatcherOptions.NUMPROCESSES, 2));
        Watcher first = stage.watcher(ini);
        stage.ask(first, Operation.Kind.START);
        stage.settle();
        set(first, "graceful_timeout", 2.0, "cmd", "sleep 200");
        RunState state = RunState.fromJson(stage.kernel.values.getOrDefault("watcher.web", ""))
                .orElseThrow();
        assertThat(state.set().table())
                .containsEntry("graceful_timeout", new Overrides.Pair(2.0, 30.0))
                .containsEntry("cmd", new Overrides.Pair("sleep 200", "sleep 100"));
        assertThat(first.changes()).containsOnlyKeys("cmd", "graceful_timeout");

        stage.forget();
        Watcher second = new Watcher(Definition.ofFile(ini, state.set(), Stage.AMENDMENTS), stage);
        stage.kernel.running.forEach((incarnation, child) ->
                second.adopt(incarnation.intValue(), child.launched, child.notes.getOrDefault("digest", "")));
        assertThat(second.resume(state).plan()).isEmpty();
        stage.changed(second);
        stage.settle();
        assertThat(stage.news()).isEmpty();
        assertThat(second.report()).containsEntry("graceful_timeout", 2.0).containsEntry("cmd", "sleep 200");

        WatcherConfig edited = ini.with(WatcherOptions.CMD, "sleep 300");
        Definition third = Definition.ofFile(edited, state.set(), Stage.AMENDMENTS);
        assertThat(third.config().options().get(WatcherOptions.CMD)).isEqualTo("sleep 300");
        assertThat(third.overrides().table()).containsOnlyKeys("graceful_timeout");
    }

    @Test
    void a_value_as_the_file_has_it_is_no_change() {
        Watcher watcher = stage.started(1);
        set(watcher, "max_retry", 9L);
        assertThat(stage.kernel.values).containsKey("watcher.web");
        set(watcher, "max_retry", 5L);
        assertThat(stage.kernel.values).isEmpty();
        assertThat(watcher.changes()).isEmpty();
    }

    @Test
    void a_stream_moves_without_touching_processes_and_the_next_manager_leaves_them_alone() {
        Watcher watcher = stage.started(1);
        String before = watcher.config().digest();
        int rerouted = stage.rerouted;
        set(watcher, "stdout_stream.filename", "/tmp/x.log");
        assertThat(stage.rerouted).isGreaterThan(rerouted);
        assertThat(stage.news()).containsExactly("updated");
        assertThat(stage.kernel.running).containsOnlyKeys(1L);
        assertThat(child(1).notes.get("digest"))
                .isNotEqualTo(before)
                .isEqualTo(watcher.config().digest());
    }

    @Test
    void a_stopped_watcher_takes_it_for_its_next_start() {
        Watcher watcher = stage.watcher("web", Stage.options());
        stage.settle();
        set(watcher, "cmd", "sleep 200");
        assertThat(stage.kernel.running).isEmpty();
        stage.ask(watcher, Operation.Kind.START);
        stage.settle();
        assertThat(child(1).spec.argv()).containsExactly("sleep", "200");
    }
}
