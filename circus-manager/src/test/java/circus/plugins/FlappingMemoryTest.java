package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import circus.message.Json;
import circus.plugin.PluginContext;
import circus.plugins.FlappingMemory.Entry;
import circus.plugins.FlappingRecord.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlappingMemoryTest {
    private final List<String> mistakes = new ArrayList<>();

    @Test
    void what_is_written_is_read() {
        Map<String, Entry> entries = Map.of(
                "Web \"App\"",
                new Entry(State.WAITING, 2, 1_795_000_000.5, 1_795_000_001),
                "other",
                new Entry(State.WATCHED, 1, 1_795_000_000.25, 0),
                "third",
                new Entry(State.STOPPING, 3, 1, 2));
        assertThat(FlappingMemory.read(FlappingMemory.write(entries), mistakes::add))
                .isEqualTo(entries);
        assertThat(FlappingMemory.write(Map.of())).isEmpty();
        assertThat(FlappingMemory.read("", mistakes::add)).isEmpty();
        assertThat(mistakes).isEmpty();
    }

    @Test
    void one_that_is_being_given_up_is_not_started_again() {
        String text = FlappingMemory.write(Map.of("web", new Entry(State.ENDING, 5, 1, 2)));
        assertThat(FlappingMemory.read(text, mistakes::add)).containsEntry("web", new Entry(State.WATCHED, 5, 1, 0));
    }

    @Test
    void what_is_odd_is_told_and_left_out() {
        assertThat(FlappingMemory.read("nonsense", mistakes::add)).isEmpty();
        assertThat(FlappingMemory.read("[1]", mistakes::add)).isEmpty();
        assertThat(mistakes).hasSize(2);
        String good = "\"state\": \"waiting\", \"tries\": 1, \"since\": 1, \"stopped\": 1";
        assertThat(FlappingMemory.read(
                        "{\"good\": {" + good + "}, \"a\": 17, \"b\": {" + good.replace("waiting", "asleep")
                                + "}, \"c\": {" + good.replace("\"tries\": 1", "\"tries\": 0") + "}, \"d\": {"
                                + good.replace("\"tries\": 1", "\"tries\": 99999999999999999999") + "}, \"e\": {"
                                + good.replace("\"since\": 1", "\"since\": NaN") + "}, \"f\": {"
                                + good.replace("\"stopped\": 1", "\"stopped\": \"soon\"") + "}}",
                        mistakes::add))
                .containsOnlyKeys("good");
        assertThat(mistakes).hasSize(8);
    }

    @Test
    void where_there_are_too_many_those_come_first_that_are_to_be_started() {
        Map<String, Entry> entries = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            entries.put("calm \"" + i + "\" \u263a", new Entry(State.WATCHED, 1, 1_795_000_000.123456, 0));
        }
        for (int i = 0; i < 100; i++) {
            entries.put("waits " + i, new Entry(State.WAITING, 1, 1_795_000_000.123456, 1_795_000_000.123457));
        }
        String text = FlappingMemory.write(entries);
        assertThat(Json.write(text).length())
                .isLessThanOrEqualTo(PluginContext.MOST_REMEMBERED)
                .isGreaterThan(PluginContext.MOST_REMEMBERED - 3000);
        Map<String, Entry> read = FlappingMemory.read(text, mistakes::add);
        assertThat(read.keySet().stream().filter(name -> name.startsWith("waits")))
                .hasSize(100);
        assertThat(entries).containsAllEntriesOf(read);
    }
}
