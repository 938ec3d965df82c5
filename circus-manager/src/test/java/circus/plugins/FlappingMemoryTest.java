package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import circus.message.Json;
import circus.plugin.PluginContext;
import circus.plugins.FlappingMemory.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlappingMemoryTest {
    private final List<String> mistakes = new ArrayList<>();
    private int leftOut = -1;

    private String write(Map<String, Entry> entries) {
        return FlappingMemory.write(entries, count -> leftOut = count);
    }

    @Test
    void what_is_written_is_read() {
        Map<String, Entry> entries = Map.of(
                "Web \"App\"",
                new Entry(true, 2, 1_795_000_000.5),
                "other",
                new Entry(false, 1, 1_795_000_000.123),
                "third",
                new Entry(true, 3, 1));
        assertThat(FlappingMemory.read(write(entries), mistakes::add)).isEqualTo(entries);
        assertThat(leftOut).isZero();
        assertThat(write(Map.of())).isEmpty();
        assertThat(FlappingMemory.read("", mistakes::add)).isEmpty();
        assertThat(mistakes).isEmpty();
    }

    @Test
    void what_is_odd_is_told_and_left_out() {
        assertThat(FlappingMemory.read("nonsense", mistakes::add)).isEmpty();
        assertThat(FlappingMemory.read("[1]", mistakes::add)).isEmpty();
        assertThat(mistakes).hasSize(2);
        assertThat(FlappingMemory.read(
                        "{\"waiting\": {\"good\": [1, 1], \"a\": 17, \"b\": [1], \"c\": [0, 1],"
                                + " \"d\": [99999999999999999999, 1], \"e\": [1, NaN], \"f\": [1, \"soon\"], \"g\": [1, -1]},"
                                + " \"asleep\": {\"h\": [1, 1]}, \"watched\": [1, 1]}",
                        mistakes::add))
                .containsOnlyKeys("good");
        assertThat(mistakes).hasSize(11);
    }

    @Test
    void where_there_are_too_many_those_come_first_that_are_to_be_started() {
        Map<String, Entry> entries = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            entries.put("calm \"" + i + "\" \u263a", new Entry(false, 1, 1_795_000_000.123));
        }
        for (int i = 0; i < 100; i++) {
            entries.put("waits " + i, new Entry(true, 1, 1_795_000_000.123));
        }
        String text = write(entries);
        assertThat(Json.write(text).length())
                .isLessThanOrEqualTo(PluginContext.MOST_REMEMBERED)
                .isGreaterThan(PluginContext.MOST_REMEMBERED - 200);
        Map<String, Entry> read = FlappingMemory.read(text, mistakes::add);
        assertThat(read.keySet().stream().filter(name -> name.startsWith("waits")))
                .hasSize(100);
        assertThat(entries).containsAllEntriesOf(read);
        assertThat(leftOut).isEqualTo(2100 - read.size());
    }

    @Test
    void there_is_room_for_well_over_a_thousand() {
        Map<String, Entry> entries = new HashMap<>();
        for (int i = 0; i < 1100; i++) {
            entries.put("%030d".formatted(i), new Entry(true, 12, 1_795_000_000.123));
        }
        assertThat(FlappingMemory.read(write(entries), mistakes::add)).isEqualTo(entries);
        assertThat(leftOut).isZero();
    }
}
