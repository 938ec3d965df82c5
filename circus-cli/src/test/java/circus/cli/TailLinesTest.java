package circus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TailLinesTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private TailLines lines(boolean colours, boolean json) {
        return new TailLines(new PrintStream(out, true, StandardCharsets.UTF_8), colours, json);
    }

    private static Map<String, @Nullable Object> line(String watcher, long wid, String message, String... flags) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("watcher", watcher);
        line.put("wid", wid);
        line.put("pid", 4711L);
        line.put("stream", "stdout");
        line.put("message", message);
        for (String flag : flags) {
            line.put(flag, true);
        }
        return line;
    }

    private String shown() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void an_open_line_goes_on_unless_somebody_else_speaks() {
        TailLines lines = lines(false, false);
        lines.print(line("web", 1, "one, ", "open"));
        lines.print(line("web", 1, "two, ", "continued", "open"));
        lines.print(line("web", 1, "three", "continued"));
        lines.print(line("web", 1, "four", "open"));
        lines.print(line("web", 2, "five", "open"));
        lines.end();
        assertThat(shown()).isEqualTo("web.1 | one, two, three\nweb.1 | four\nweb.2 | five\n");
    }

    @Test
    void on_a_terminal_each_worker_has_its_colour() {
        TailLines lines = lines(true, false);
        lines.print(line("web", 1, "a"));
        lines.print(line("web", 2, "b"));
        lines.print(line("web", 1, "c"));
        lines.flush();
        assertThat(shown())
                .isEqualTo(
                        "\u001b[32mweb.1\u001b[0m | a\n\u001b[33mweb.2\u001b[0m | b\n\u001b[32mweb.1\u001b[0m | c\n");
    }

    @Test
    void bytes_are_those_of_the_worker() {
        TailLines lines = lines(false, false);
        Map<String, @Nullable Object> odd = line("my\u0007 web", 0, "h\ufffdx");
        odd.put("base64", "aP94");
        lines.print(odd);
        lines.flush();
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo("my? web | h\u00ffx\n");
    }

    @Test
    void as_json_each_is_a_line() {
        TailLines lines = lines(false, true);
        lines.print(line("web", 1, "a", "open"));
        lines.print(line("web", 1, "b", "continued"));
        lines.flush();
        assertThat(shown().lines()).hasSize(2).first().asString().contains("\"message\": \"a\", \"open\": true");
    }
}
