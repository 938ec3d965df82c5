package circus.manager.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import circus.message.Json;
import circus.message.JsonException;
import circus.options.AuditFormat;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
    @TempDir
    Path folder;

    private static Map<String, @Nullable Object> fields(@Nullable Object... pairs) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            fields.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return fields;
    }

    private static Map<String, @Nullable Object> shown(@Nullable Object... pairs) {
        return Discretion.shown(fields(pairs));
    }

    @Test
    void a_line_is_words_for_people_or_an_object_for_programs() {
        Map<String, @Nullable Object> fields = fields(
                "time", "2026-11-21T14:50:03Z",
                "uid", 1000,
                "pid", null,
                "from", "/run/a b.sock",
                "command", "rm",
                "properties", fields("name", "web"),
                "result", "ok");
        assertThat(AuditLine.of(fields, AuditFormat.TEXT))
                .isEqualTo("time=2026-11-21T14:50:03Z uid=1000 pid=- from=\"/run/a b.sock\" command=rm"
                        + " properties={\"name\": \"web\"} result=ok");
        assertThat(AuditLine.of(fields, AuditFormat.JSON))
                .isEqualTo(
                        "{\"time\": \"2026-11-21T14:50:03Z\", \"uid\": 1000, \"pid\": null, \"from\": \"/run/a b.sock\","
                                + " \"command\": \"rm\", \"properties\": {\"name\": \"web\"}, \"result\": \"ok\"}");
    }

    @Test
    void nobody_can_forge_a_line_or_a_word() {
        String hostile = "x\nuid=0 result=ok\r\u0000\u001b[2J\u2028\u0085\u007f\ud800\" command=rm";
        for (AuditFormat format : AuditFormat.values()) {
            String line = AuditLine.of(
                    fields("from", hostile, "properties", shown(hostile, hostile), "reason", Discretion.shown(hostile)),
                    format);
            assertThat(line).matches("[ -~]*");
            assertThat(line.replaceAll("\"(\\\\.|[^\"\\\\])*\"", "TEXT"))
                    .isEqualTo(
                            format == AuditFormat.TEXT
                                    ? "from=TEXT properties={TEXT: TEXT} reason=TEXT"
                                    : "{TEXT: TEXT, TEXT: {TEXT: TEXT}, TEXT: TEXT}");
        }
        assertThat(AuditLine.of(fields("from", "a b", "to", "-", "then", ""), AuditFormat.TEXT))
                .isEqualTo("from=\"a b\" to=\"-\" then=\"\"");
    }

    @Test
    void values_of_variables_are_not_shown() {
        assertThat(Json.write(shown("name", "w", "options", fields("env", fields("TOKEN", "secret"), "cmd", "x"))))
                .isEqualTo("{\"name\": \"w\", \"options\": {\"env\": {\"TOKEN\": \"***\"}, \"cmd\": \"x\"}}");
        assertThat(Json.write(shown("options", fields("env", "A=secret", "env.B", "secret"))))
                .doesNotContain("secret");
        assertThat(Json.write(shown("env", List.of("secret")))).doesNotContain("secret");
    }

    @Test
    void whatever_is_sent_a_line_stays_short_and_whole() throws JsonException {
        Map<String, @Nullable Object> wide = new LinkedHashMap<>();
        IntStream.range(0, 500).forEach(i -> wide.put("\u00e4".repeat(300) + i, "\u00e4".repeat(5_000)));
        Map<String, @Nullable Object> deep = fields("end", "x");
        for (int i = 0; i < 900; i++) {
            deep = fields("in", deep);
        }
        Object[] many = new Object[10_000];
        Arrays.fill(many, 1L);
        for (Map<String, @Nullable Object> properties : List.of(
                wide,
                deep,
                fields("env", wide),
                fields("args", Arrays.asList(many)),
                fields("n", BigInteger.TEN.pow(100_000)),
                fields("\n".repeat(5_000), Collections.nCopies(500, "\u0000".repeat(500))))) {
            Map<String, @Nullable Object> shown = Discretion.shown(properties);
            String json = AuditLine.of(fields("properties", shown), AuditFormat.JSON);
            assertThat(json.length()).isLessThan(AuditLine.MOST_BYTES);
            assertThat(Json.readObject(json)).containsKey("properties");
            assertThat(AuditLine.of(fields("properties", shown), AuditFormat.TEXT))
                    .matches("properties=\\{[ -~]*}");
        }
        assertThat(Discretion.shown("x".repeat(1_000))).hasSizeLessThan(250).contains("(1000 letters)");
    }

    @Test
    void the_file_is_the_owners_alone_and_follows_a_rotation() throws IOException {
        Path file = folder.resolve("audit.log");
        try (AuditFile audit = AuditFile.open(file, AuditFormat.TEXT)) {
            audit.tell(fields("n", 1));
            audit.close();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            Files.move(file, folder.resolve("audit.log.1"));
            audit.tell(fields("n", 2));
        }
        assertThat(folder.resolve("audit.log.1")).hasContent("n=1\n");
        assertThat(file).hasContent("n=2\n");
    }

    @Test
    void a_full_disk_is_survived_and_what_is_missing_is_counted() throws IOException {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        Path file = folder.resolve("audit.log");
        Files.createSymbolicLink(file, full);
        try (AuditFile audit = AuditFile.open(file, AuditFormat.JSON)) {
            audit.tell(fields("time", "t1", "n", 1));
            audit.tell(fields("time", "t2", "n", 2));
            audit.close();
            Files.delete(file);
            audit.tell(fields("time", "t3", "n", 3));
        }
        assertThat(Files.readString(file))
                .isEqualTo("\n{\"time\": \"t3\", \"missing\": 2}\n{\"time\": \"t3\", \"n\": 3}\n");
    }
}
