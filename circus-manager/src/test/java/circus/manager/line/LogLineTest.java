package circus.manager.line;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.line.Layout.Part;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Lines are read as they were written. */
final class LogLineTest {
    private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
    private static final long MICROS = 1795267800_123456L;

    private static LogLine read(Layout layout, String line) {
        return new LogLine.Reader(layout, ZONE).read(line.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void of_circus_the_time_and_the_pid() {
        LogLine read = read(Layout.timed("%Y-%m-%d %H:%M:%S"), "2026-11-21 14:30:00 [4711] | one [x] | two");
        assertThat(read.micros()).isEqualTo(1795267800_000000L);
        assertThat(read.pid()).isEqualTo(4711);
        assertThat(read.watcher()).isEmpty();
        assertThat(read.from()).isEqualTo("2026-11-21 14:30:00 [4711] | ".length());
    }

    @Test
    void whose_it_is_by_its_prefix() {
        LogLine read = read(
                Layout.text(Optional.of("%d/%b/%Y:%H:%M:%S.%f"), List.of(Part.WATCHER, Part.WID, Part.PID)),
                "21/Nov/2026:14:30:00.123456 [my web.12 4711] | one");
        assertThat(read.micros()).isEqualTo(MICROS);
        assertThat(read.watcher()).isEqualTo("my web");
        assertThat(read.wid()).isEqualTo(12);
        assertThat(read.pid()).isEqualTo(4711);
        assertThat(read(Layout.text(Optional.empty(), List.of(Part.WATCHER)), "[web] | x")
                        .watcher())
                .isEqualTo("web");
        assertThat(read(Layout.text(Optional.of("%H:%M"), List.of()), "14:30 [17] | x")
                        .micros())
                .as("no day")
                .isEqualTo(-1);
    }

    @Test
    void what_is_no_such_line_is_a_text() {
        for (String line : List.of("", "plain", "[circus] 17 bytes lost 12:01:03.2 to 12:01:09.8", "] | ", "[x | ] ")) {
            LogLine read = read(Layout.timed("%Y-%m-%d %H:%M:%S"), line);
            assertThat(read.micros()).isEqualTo(-1);
            assertThat(read.pid()).isZero();
        }
        assertThat(read(Layout.json(Optional.empty()), "{not json").message()).isEmpty();
    }

    @Test
    void of_json_all_that_is_there() {
        LogLine read = read(
                Layout.json(Optional.empty()),
                "{\"time\": \"2026-11-21T13:30:00.123456Z\", \"watcher\": \"Web\", \"wid\": 2, \"pid\": 17,"
                        + " \"stream\": \"stderr\", \"message\": \"hé\"}");
        assertThat(read).isEqualTo(new LogLine(MICROS, "Web", 2, 17, "stderr", 0, Optional.of("hé")));
    }
}
