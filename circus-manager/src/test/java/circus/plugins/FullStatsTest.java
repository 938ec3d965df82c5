package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import circus.message.Json;
import circus.message.JsonException;
import circus.plugin.PluginEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FullStatsTest {
    /** What the plugin sends in a round in which circusd answers so. */
    private static List<String> told(@Nullable String reply, int count) throws Exception {
        try (StatsdServer server = new StatsdServer()) {
            Rehearsal circus = new Rehearsal(server.options("loop_rate", "0.5"));
            circus.circusd = command -> reply == null ? null : object(reply);
            FullStats plugin = new FullStats();
            plugin.start(circus);
            assertThat(circus.period).isEqualTo(Duration.ofMillis(500));
            plugin.event(new PluginEvent("web", "spawn", Map.of()));
            assertThat(server.rest()).isEmpty();
            circus.round();
            List<String> told = server.receive(count);
            plugin.stop();
            assertThat(server.rest()).isEmpty();
            return told.stream()
                    .map(line -> line.replaceFirst("^circus\\.app\\.watcher\\.", ""))
                    .toList();
        }
    }

    private static Map<String, @Nullable Object> object(String json) {
        try {
            return Json.readObject(json);
        } catch (JsonException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static String process(String cpu, String mem, String memory) {
        return "{\"cpu\": " + cpu + ", \"mem\": " + mem + ", \"mem_info1\": " + memory + ", \"children\": []}";
    }

    @Test
    void each_watcher_has_its_figures_but_plugins() throws Exception {
        String infos = "{\"aborted1\": {}, \"plugin:dog\": {\"7\": " + process("1.0", "1.0", "\"1.00M\"")
                + "}, \"ok\": {\"1\": " + process("0.0", "0.007", "\"1.61M\"") + ", \"2\": "
                + process("0.0", "0.007", "\"1.60M\"") + "}, \"circusd-stats\": {\"3\": "
                + process("2.5", "1.25", "\"512B\"") + ", \"spawn_count\": 4}}";
        assertThat(told("{\"status\": \"ok\", \"infos\": " + infos + "}", 16))
                .containsExactly(
                        "_stats.aborted1.watchers_num:0|g",
                        "_stats.ok.watchers_num:2|g",
                        "_stats.ok.cpu_max:0.0|g",
                        "_stats.ok.cpu_sum:0.0|g",
                        "_stats.ok.mem_pct_max:0.007|g",
                        "_stats.ok.mem_pct_sum:0.014|g",
                        "_stats.ok.mem_max:1688207|g",
                        "_stats.ok.mem_sum:3365928|g",
                        "_stats.circusd-stats.spawn_count:4|g",
                        "_stats.circusd-stats.watchers_num:1|g",
                        "_stats.circusd-stats.cpu_max:2.5|g",
                        "_stats.circusd-stats.cpu_sum:2.5|g",
                        "_stats.circusd-stats.mem_pct_max:1.25|g",
                        "_stats.circusd-stats.mem_pct_sum:1.25|g",
                        "_stats.circusd-stats.mem_max:512|g",
                        "_stats.circusd-stats.mem_sum:512|g");
    }

    @Test
    void what_nobody_knows_of_a_process_is_left_out() throws Exception {
        String infos = "{\"web\": {\"1\": " + process("\"N/A\"", "\"N/A\"", "\"N/A\"") + ", \"2\": "
                + process("3", "\"N/A\"", "\"2K\"") + ", \"3\": \"No such process (stopped?)\"}, \"gone\": {\"4\": "
                + process("\"N/A\"", "\"N/A\"", "\"N/A\"") + "}}";
        assertThat(told("{\"status\": \"ok\", \"infos\": " + infos + "}", 6))
                .containsExactly(
                        "_stats.web.watchers_num:1|g",
                        "_stats.web.cpu_max:3|g",
                        "_stats.web.cpu_sum:3|g",
                        "_stats.web.mem_max:2048|g",
                        "_stats.web.mem_sum:2048|g",
                        "_stats.gone.watchers_num:0|g");
    }

    @Test
    void a_refusal_and_no_answer_are_errors() throws Exception {
        assertThat(told("{\"status\": \"error\", \"reason\": \"no\"}", 1)).containsExactly("_stats.error:1|c");
        assertThat(told(null, 1)).containsExactly("_stats.error:1|c");
    }

    @Test
    void sizes_are_read_as_circus_reads_them() {
        assertThat(FullStats.bytes("0B")).contains(0L);
        assertThat(FullStats.bytes("1.61M")).contains(1_688_207L);
        assertThat(FullStats.bytes("3.00K")).contains(3_072L);
        assertThat(FullStats.bytes("2g")).contains(1L << 31);
        assertThat(FullStats.bytes("17")).contains(17L);
        assertThat(FullStats.bytes("N/A")).isEmpty();
        assertThat(FullStats.bytes(null)).isEmpty();
    }
}
