package circus.manager.config;

import static org.assertj.core.api.Assertions.assertThat;

import circus.message.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables of docs/compatibility.md are those that the tests go by; {@code -Dcircus.docs=write} rewrites them. */
final class CompatibilityPageTest {
    private static final Path PAGE = Path.of("../docs/compatibility.md");

    @TempDir
    Path directory;

    @Test
    void the_page_tells_the_differences_that_the_tests_know() throws IOException {
        String page = Files.readString(PAGE);
        String filled =
                fill(fill(fill(page, "differences", differences()), "refused", refused()), "samples", samples());
        if ("write".equals(System.getProperty("circus.docs"))) {
            Files.writeString(PAGE, filled);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(filled);
    }

    private static String fill(String page, String part, String table) {
        Matcher place = Pattern.compile("(<!-- generated: " + part + " -->\n).*?(<!-- end -->)", Pattern.DOTALL)
                .matcher(page);
        assertThat(place.find()).as("the page has a place for " + part).isTrue();
        return place.replaceFirst("$1\n" + Matcher.quoteReplacement(table) + "\n$2");
    }

    private static String differences() {
        StringBuilder table = new StringBuilder("| | the file | Circus 0.19 | ours | why |\n|---:|---|---|---|---|\n");
        ConfigVectorsTest.vectors().forEach(vector -> {
            ConfigVectorsTest.Otherwise ours = ConfigVectorsTest.OTHERWISE.get(vector.id());
            if (ours != null) {
                row(table, "" + vector.id(), files(vector), circus(vector, ours), ours(ours), ours.reason());
            }
        });
        return table.toString();
    }

    private static String refused() {
        StringBuilder table = new StringBuilder("| | the file | why |\n|---:|---|---|\n");
        ConfigVectorsTest.vectors().forEach(vector -> {
            String reason = ConfigVectorsTest.REFUSED.get(vector.id());
            if (reason != null) {
                row(table, "" + vector.id(), files(vector), reason);
            }
        });
        return table.toString();
    }

    private String samples() {
        CircusSamplesTest samples = new CircusSamplesTest();
        samples.directory = directory;
        StringBuilder table = new StringBuilder("| ours refuses | in | why |\n|---|---|---|\n");
        samples.titles()
                .forEach((beginning, titles) -> row(
                        table,
                        code(beginning + "…"),
                        titles.stream().map(CompatibilityPageTest::code).collect(Collectors.joining(", ")),
                        Objects.requireNonNull(CircusSamplesTest.DIFFERENCES.get(beginning))));
        return table.toString();
    }

    private static String files(Vector vector) {
        List<String> files = new ArrayList<>();
        for (Map.Entry<String, String> file : vector.texts("files").entrySet()) {
            String name = file.getKey().equals("main.ini") ? "" : file.getKey() + ": ";
            files.add(name + code(file.getValue().strip().replace("\n", "⏎")));
        }
        return String.join("<br>", files);
    }

    private static String circus(Vector vector, ConfigVectorsTest.Otherwise ours) {
        if (vector.has("error")) {
            return "refused: "
                    + code(new Vector(vector.object("error")).text("message").replaceAll("\\s+", " "));
        }
        if (!ours.error().isEmpty()) {
            return "loaded";
        }
        return new Vector(vector.object("expect"))
                .objects("watchers").stream()
                        .filter(watcher -> watcher.text("name").equals(ours.section()))
                        .filter(watcher -> watcher.has(ours.key()))
                        .map(watcher -> given(ours.key(), watcher.value(ours.key())))
                        .findFirst()
                        .orElse(code(ours.key()) + " is ignored");
    }

    private static String ours(ConfigVectorsTest.Otherwise ours) {
        if (!ours.error().isEmpty()) {
            return "refused: " + code(ours.error().replaceFirst("^\\d+: ", ""));
        }
        return given(ours.key(), ours.value());
    }

    private static String given(String key, Object value) {
        return code(key + " = " + (value instanceof String text ? text.replace("\n", "⏎") : Json.write(value)));
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    private static void row(StringBuilder table, String... cells) {
        List<String> escaped = new ArrayList<>();
        for (String cell : cells) {
            escaped.add(cell.replace("|", "\\|"));
        }
        table.append("| ").append(String.join(" | ", escaped)).append(" |\n");
    }
}
