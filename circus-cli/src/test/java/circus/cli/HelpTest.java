package circus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import circus.command.CommandSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Help is compared with files, so that a change of it is seen in review; {@code -Dcircus.docs=write} rewrites them. */
class HelpTest {
    private static final Path SOURCES = Path.of("src/test/resources/circus/cli");

    private static void assertSame(String file, String text) throws IOException {
        if ("write".equals(System.getProperty("circus.docs"))) {
            Files.writeString(SOURCES.resolve(file), text);
        }
        assertThat(text).isEqualTo(Files.readString(SOURCES.resolve(file)));
    }

    @Test
    void the_general_help_is_as_reviewed() throws Exception {
        assertSame("help.txt", Help.general());
    }

    @Test
    void the_help_of_every_command_is_as_reviewed() throws Exception {
        StringBuilder all = new StringBuilder();
        for (CommandSpec command : CommandSpec.values()) {
            all.append("$ circusctl --help ")
                    .append(command.word())
                    .append('\n')
                    .append(Help.of(command))
                    .append('\n');
        }
        assertSame("help-commands.txt", all.toString());
    }

    @Test
    void no_line_is_wider_than_a_terminal_of_a_hundred_columns() {
        for (CommandSpec command : CommandSpec.values()) {
            assertThat(Help.of(command).lines()).allMatch(line -> line.length() <= 100);
        }
        assertThat(Help.general().lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void on_a_narrower_terminal_the_general_help_is_as_narrow() {
        assertThat(Help.general(java.util.List.of(), 80).lines()).allMatch(line -> line.length() <= 80);
        assertThat(Help.general(java.util.List.of(), 80).split("\\s+"))
                .isEqualTo(Help.general().split("\\s+"));
        assertThat(Help.of(CommandSpec.KILL, 80).lines().skip(1).filter(line -> !line.contains("circusctl")))
                .allMatch(line -> line.length() <= 80);
    }

    @Test
    void the_one_line_descriptions_are_those_of_circus() throws Exception {
        try (InputStream given = Objects.requireNonNull(getClass().getResourceAsStream("summaries.txt"))) {
            assertThat(Help.general().lines())
                    .containsAll(new String(given.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .toList());
        }
    }
}
