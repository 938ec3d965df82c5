package circus.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.manager.Arguments.Name;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    private static Arguments parse(String... words) throws Arguments.UsageException {
        return Arguments.parse(List.of(words));
    }

    @Test
    void options_may_stand_anywhere_and_be_shortened() throws Exception {
        Arguments arguments = parse("--log-l", "debug", "x.ini", "--pid=/run/x.pid", "--dae", "--fresh");
        assertThat(arguments.config()).contains(Path.of("x.ini"));
        assertThat(arguments.get(Name.LOG_LEVEL)).contains("debug");
        assertThat(arguments.get(Name.PIDFILE)).contains("/run/x.pid");
        assertThat(arguments.has(Name.DAEMON)).isTrue();
        assertThat(arguments.has(Name.FRESH)).isTrue();
        assertThat(arguments.has(Name.HELP)).isFalse();
    }

    @Test
    void another_circusd_gets_the_same_but_stays_in_the_foreground() throws Exception {
        assertThat(parse("--daemon", "--log-output", "a b.log", "x.ini", "--fresh")
                        .inForeground())
                .containsExactly("--fresh", "--log-output=a b.log", "x.ini");
    }

    @Test
    void what_cannot_be_understood_is_named() {
        assertThatThrownBy(() -> parse("--bogus")).hasMessage("unrecognized arguments: --bogus");
        assertThatThrownBy(() -> parse("a.ini", "b.ini")).hasMessage("unrecognized arguments: b.ini");
        assertThatThrownBy(() -> parse("--pidfile")).hasMessage("argument --pidfile: expected one argument");
        assertThatThrownBy(() -> parse("--daemon=1")).hasMessage("argument --daemon: takes no value");
        assertThatThrownBy(() -> parse("--log", "x"))
                .hasMessage("ambiguous option: --log could match --log-level, --log-output, --logger-config");
        assertThatThrownBy(() -> parse("--log-level", "Debug"))
                .hasMessageStartingWith("argument --log-level: invalid choice: 'Debug'");
        assertThatThrownBy(() -> parse("--logger-config", "x.yaml")).hasMessageContaining("not supported");
        assertThatThrownBy(() -> parse("--check"))
                .hasMessageStartingWith("argument --check: give the configuration file");
        assertThatThrownBy(() -> parse("--log-output", "syslog:///dev/log")).hasMessageContaining("not supported");
    }

    @Test
    void levels_are_taken_in_lower_or_upper_case() throws Exception {
        assertThat(parse("--log-level", "CRITICAL", "x.ini").get(Name.LOG_LEVEL))
                .contains("CRITICAL");
        assertThat(LogLevel.parse("warning")).contains(LogLevel.WARNING);
    }

    @Test
    void the_help_names_every_option() {
        for (Name name : Name.values()) {
            assertThat(Arguments.help()).contains(name.word());
        }
    }
}
