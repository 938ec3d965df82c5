package circus.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import circus.message.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** contract/options.md, section 2: which keys may be set, and what circusctl makes of their texts. */
final class SetKeyTest {
    /** All of section 3, but for families and {@code retry_in}, and our own. */
    private static final List<String> SETTABLE =
            List.of(("numprocesses warmup_delay working_dir uid gid send_hup stop_signal"
                            + " stop_children shell env cmd args copy_env max_retry graceful_timeout max_age max_age_variance"
                            + " respawn singleton close_child_stdin close_child_stdout close_child_stderr backoff backoff_max"
                            + " hook_timeout")
                    .split(" "));

    @Test
    void the_options_that_can_be_set_are_those_of_circus_and_our_own() {
        assertThat(WatcherOptions.ALL.stream().filter(Option::settable).map(Option::key))
                .containsExactlyInAnyOrderElementsOf(SETTABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz", "priority", "flapping.window", "rlimit", "autostart", "stdout_streams", ""})
    void others_are_not_known(String key) {
        assertThat(SetKey.find(key)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "numprocesses             | 2              | 2",
                "warmup_delay             | 0.5            | 0.5",
                "graceful_timeout         | 1              | 1.0",
                "working_dir              | /x             | \"/x\"",
                "uid                      | 0              | \"0\"",
                "send_hup                 | Yes            | true",
                "stop_signal              | INT            | 2",
                "env                      | A=b,C=d        | {\"A\": \"b\", \"C\": \"d\"}",
                "args                     | -v -w          | \"-v -w\"",
                "stdout_stream.max_bytes  | 10             | 10",
                "stderr_stream.filename   | /l             | \"/l\"",
                "hooks                    | before_start:a.b,after_stop:c | {\"before_start\": \"a.b\", \"after_stop\": \"c\"}",
                "hooks.before_start       | a.b,true       | \"a.b,true\"",
                "rlimit_nofile            | 100            | 100",
                "rlimit_core              | ``             | null",
                "retry_in                 | 2              | 2.0",
            })
    void a_text_becomes_this_json(String key, String text, String json) throws Exception {
        assertThat(Json.write(SetKey.find(key).orElseThrow().fromText(text))).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "numprocesses             | two  | 'two' is not an integer",
                "shell                    | x    | 'x' is not a boolean (write yes or no)",
                "env                      | A    | 'A' is not NAME=VALUE",
                "stdout_stream.max_bytes  | x    | 'x' is not an integer",
                "stdout_stream            | x    | a stream is described by keys such as stdout_stream.filename",
                "hooks.zz                 | a.b  | 'zz' is not a hook (before_start, after_start, before_stop, after_stop, before_spawn, after_spawn, before_signal, after_signal, before_reap, after_reap, extended_stats)",
                "hooks                    | a.b  | 'a.b' is not NAME:HOOK",
                "rlimit_core              | lots | 'lots' is not an integer",
            })
    void a_text_that_is_none_is_told(String key, String text, String message) {
        SetKey found = SetKey.find(key).orElseThrow();
        assertThat(catchThrowableOfType(BadValueException.class, () -> found.fromText(text)))
                .hasMessage(message);
    }
}
