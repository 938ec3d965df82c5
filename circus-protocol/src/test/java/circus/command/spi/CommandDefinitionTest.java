package circus.command.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.command.PropertyType;
import circus.message.CommandException;
import circus.message.Json;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CommandDefinitionTest {
    private static final CommandDefinition WHOLE = CommandDefinition.of("whois", "Tell whose a process is")
            .help("All about `it`.")
            .argument("process", PropertyType.PROCESS_ID, "The process.")
            .optionalArgument("name", PropertyType.TEXT, "Only this watcher.")
            .option("within", PropertyType.SECONDS, "5", "How long.")
            .flag("loud", "In capitals.")
            .limit(Duration.ofMillis(1500))
            .looks()
            .example("circusctl whois 4711");

    @Test
    void what_circusd_tells_is_what_circusctl_has() throws Exception {
        Map<String, @Nullable Object> told = Json.readObject(Json.bytes(WHOLE.fields()));

        CommandDefinition had = CommandDefinition.of(told).orElseThrow();

        assertThat(had.fields()).isEqualTo(WHOLE.fields());
        assertThat(had.usage()).isEqualTo("circusctl whois PROCESS [NAME] [--within WITHIN] [--loud]");
        assertThat(had.changes(Map.of())).isFalse();
        assertThat(had.limit()).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void what_a_later_version_tells_is_left_out() {
        Map<String, @Nullable Object> later = new HashMap<>(WHOLE.fields());
        later.put("parameters", List.of(Map.of("property", "x", "type", "colour", "form", "argument", "doc", "")));
        assertThat(CommandDefinition.of(later)).isEmpty();
        assertThat(CommandDefinition.of(Map.of("name", 7))).isEmpty();
    }

    @Test
    void properties_are_checked_as_those_of_circusds_own_commands() {
        assertThatThrownBy(() -> WHOLE.check(Map.of()))
                .isInstanceOf(CommandException.class)
                .hasMessage("message invalid 'process' is missing");
        assertThatThrownBy(() -> WHOLE.check(Map.of("process", 1L, "name", 7L)))
                .isInstanceOf(CommandException.class)
                .hasMessage("'name' isn't a string");
    }

    @Test
    void a_limit_that_is_as_good_as_none_is_a_year() {
        Duration year = Duration.ofDays(365);
        CommandDefinition endless = WHOLE.limit(Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(endless.limit()).isEqualTo(year);
        assertThat(endless.fields()).containsEntry("limit", 31_536_000.0);
        assertThat(WHOLE.limit(year.minusNanos(1)).limit()).isEqualTo(year.minusNanos(1));
    }

    @Test
    void what_cannot_be_called_is_no_definition() {
        for (String word : List.of("", "Whois", "who is", "9", "whois\n")) {
            assertThatThrownBy(() -> CommandDefinition.of(word, ""))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("cannot call a command '" + word + "'");
        }
        for (String property : List.of("", "help", "console_text", "process", "a b")) {
            assertThatThrownBy(() -> WHOLE.flag(property, ""))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("cannot give the command whois ");
        }
        assertThatThrownBy(() -> WHOLE.arguments("rest", "").argument("more", PropertyType.TEXT, ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WHOLE.limit(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }
}
