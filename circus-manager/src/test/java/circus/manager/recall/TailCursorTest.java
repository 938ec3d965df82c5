package circus.manager.recall;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TailCursorTest {
    private static List<LogLane.Part> parts(List<?> told) {
        Map<String, @Nullable Object> json = Map.of("instance", "i", "logs", Map.of("/tmp/web.log", told));
        return TailCursor.parse(json).logs().getOrDefault(Path.of("/tmp/web.log"), List.of());
    }

    @Test
    void what_was_given_is_understood() {
        LogLane.Part part = new LogLane.Part(Path.of("/tmp/web.log"), "1:2", 3, 4);
        TailCursor given =
                new TailCursor("i", Map.of(), Set.of(), Map.of(), Map.of(Path.of("/tmp/web.log"), List.of(part)));
        assertThat(TailCursor.parse(given.toJson())).isEqualTo(given);
    }

    /** The empty one is that of all files that are none of circusd's. */
    @Test
    void a_part_of_no_file_in_particular_is_dropped() {
        assertThat(parts(List.of(List.of("", 0L, 9L), List.of("1:2", 0L, 9L))))
                .containsExactly(new LogLane.Part(Path.of("/tmp/web.log"), "1:2", 0, 9));
    }

    /** Each of them may cost a look through the folder. */
    @Test
    void of_too_many_parts_the_latest_count() {
        List<Object> told = new ArrayList<>();
        for (int i = 0; i < 3 * LogLane.MOST_PARTS; i++) {
            told.add(List.of("1:" + i, 0L, 9L));
        }
        List<LogLane.Part> parts = parts(told);
        assertThat(parts).hasSize(LogLane.MOST_PARTS);
        assertThat(parts.get(LogLane.MOST_PARTS - 1).inode()).isEqualTo("1:" + (3 * LogLane.MOST_PARTS - 1));
    }
}
