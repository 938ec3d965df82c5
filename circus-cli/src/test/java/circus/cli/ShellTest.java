package circus.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ShellTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(FakeManager manager, String input) throws Exception {
        Settings settings =
                ((Invocation.RunShell) Arguments.parse(List.of("--endpoint", manager.endpoint()), Map.of())).settings();
        PrintStream output = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        try (Console console = new Console(output, errors, Screen.NONE)) {
            Shell shell = new Shell(settings, console, output, errors);
            return shell.run(shell.plain(new BufferedReader(new StringReader(input))));
        }
    }

    private static FakeManager manager() throws Exception {
        return new FakeManager(Map.of(
                "status", "\"status\": \"ok\", \"time\": 1.0, \"statuses\": {\"web\": \"active\"}",
                "list", "\"status\": \"ok\", \"time\": 1.0, \"pids\": [1, 2]",
                "incr", "\"status\": \"error\", \"reason\": \"program x not found\""));
    }

    @Test
    void the_shell_shows_the_status_and_then_runs_line_by_line_until_the_end() throws Exception {
        try (FakeManager manager = manager()) {
            assertThat(run(manager, "list web\n\n  list 'a b'\n")).isZero();
            assertThat(manager.requests())
                    .containsExactly("status {}", "list {\"name\": \"web\"}", "list {\"name\": \"a b\"}");
        }
        assertThat(out)
                .hasToString(
                        "circusctl 0.2.0\nweb: active\n(circusctl) 1,2\n(circusctl) (circusctl) 1,2\n(circusctl) \n");
        assertThat(err).hasToString("");
    }

    @Test
    void errors_are_printed_and_the_shell_goes_on() throws Exception {
        try (FakeManager manager = manager()) {
            assertThat(run(manager, "bogus 1\nlist 'x\nlist --json\nlist a b\ndstats x\nincr x\nlist\n"))
                    .isZero();
        }
        assertThat(err).hasToString("""
                cannot read the line: a ' is not closed
                unrecognized arguments: --json
                Invalid number of arguments
                Invalid message
                error: program x not found
                """);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("*** Unknown syntax: bogus 1\n")
                .endsWith("1,2\n(circusctl) \n");
    }

    @Test
    void help_lists_the_commands_and_explains_one() throws Exception {
        try (FakeManager manager = manager()) {
            run(manager, "help\nhelp incr\nincr --help\n?\nhelp bogus\n");
        }
        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(text)
                .contains("Documented commands (type help <topic>):\n====")
                .contains("*** No help on bogus\n");
        assertThat(text.split("usage: circusctl incr NAME", -1)).hasSize(3);
        assertThat(text.split("Start and stop workers:", -1)).hasSize(3);
    }

    @Test
    void words_are_split_as_a_shell_does() throws Exception {
        assertThat(Shell.words("")).isEmpty();
        assertThat(Shell.words("  a\tb  ")).containsExactly("a", "b");
        assertThat(Shell.words("a 'b c' \"d 'e'\" f\\ g ''")).containsExactly("a", "b c", "d 'e'", "f g", "");
        assertThat(Shell.words("x'y'\"z\" 'a\\b' \"a\\\"b\\c\"")).isEqualTo(List.of("xyz", "a\\b", "a\"b\\c"));
        assertThat(catchThrowableOfType(ArgumentException.class, () -> Shell.words("a \"b")))
                .hasMessage("cannot read the line: a \" is not closed");
    }
}
