package circus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import circus.message.Json;
import circus.terminal.Cells;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a person sees of {@code circusctl status}. */
class StatusTableTest {
    private static final double NOW = 1_800_000_000;

    private static Map<String, @Nullable Object> json(String text) throws Exception {
        return Json.readObject(text);
    }

    private static Map<String, @Nullable Object> states() throws Exception {
        return json("{\"web\": \"active\", \"db\": \"stopped\", \"Batch\": \"starting\"}");
    }

    private static Map<String, @Nullable Object> details() throws Exception {
        return json("""
                {"web": {"state": "active", "processes": 2, "wanted": 3, "since": 1799992800.5, "restarts": 12,
                  "last_exit": {"pid": 7, "wid": 2, "code": -11, "time": 1799999900.0, "reason": "died"}},
                 "db": {"state": "stopped", "processes": 0, "wanted": 2, "since": null, "restarts": 0,
                  "last_exit": {"pid": 8, "wid": 1, "code": 0, "time": 1799999990.0, "reason": "stop"}},
                 "Batch": {"state": "starting", "processes": 0, "wanted": 1, "since": null, "restarts": 0,
                  "last_exit": null}}
                """);
    }

    private static Map<String, @Nullable Object> infos() throws Exception {
        return json("""
                {"web": {"11": {"cpu": 1.5, "mem_info1": "1.50M", "age": 7200.0,
                                "children": [{"cpu": 0.3, "mem_info1": "512.00K"}]},
                         "12": {"cpu": "N/A", "mem_info1": "1.00G", "age": 3.0, "children": []}},
                 "db": {}, "batch": {"13": "No such process (stopped?)"}}
                """);
    }

    @Test
    void each_watcher_has_a_line_with_all_that_is_known() throws Exception {
        assertThat(StatusTable.text(states(), details(), infos(), NOW, 200, false))
                .isEqualTo("""
                        NAME   STATE     PROCESSES     UPTIME   CPU  MEMORY  RESTARTS  LAST EXIT
                        Batch  starting        0/1          -     -       -         0  -
                        db     stopped         0/2          -     -       -         0  exit 0, 10 s ago (stop)
                        web    active          2/3  1 h 59 min  1.8%    1.0G        12  SIGSEGV, 1 min 40 s ago""".replace("PROCESSES     UPTIME", "PROCESSES      UPTIME")
                        .replace("0/1          -", "0/1           -")
                        .replace("0/2          -", "0/2           -"));
    }

    @Test
    void a_circusd_in_python_tells_less() throws Exception {
        assertThat(StatusTable.text(states(), Map.of(), infos(), NOW, 200, false))
                .isEqualTo("""
                NAME   STATE     PROCESSES   UPTIME   CPU  MEMORY
                Batch  starting          1        -     -       -
                db     stopped           0        -     -       -
                web    active            2  2 h 0 min  1.8%    1.0G""".replace("PROCESSES   UPTIME", "PROCESSES     UPTIME")
                        .replace("1        -", "1          -")
                        .replace("0        -", "0          -"));
    }

    @Test
    void no_line_is_wider_than_the_screen_and_the_name_goes_last() throws Exception {
        for (int width = 1; width < 100; width++) {
            int most = Math.max(width, 1 + 2 + "starting".length());
            assertThat(StatusTable.text(states(), details(), infos(), NOW, width, false)
                            .lines())
                    .hasSize(4)
                    .allMatch(line -> line.length() <= most);
        }
        assertThat(StatusTable.text(states(), details(), infos(), NOW, 80, false))
                .endsWith("        12  SIGSEGV, 1 min …");
        assertThat(StatusTable.text(states(), details(), infos(), NOW, 40, false))
                .endsWith("web    active          2/3  1 h 59 min");
        assertThat(StatusTable.text(states(), details(), infos(), NOW, 12, false))
                .startsWith("N…  STATE\n");
    }

    @Test
    void a_state_has_its_colour_and_one_with_too_few_processes_is_not_green() throws Exception {
        String text = StatusTable.text(states(), details(), infos(), NOW, 200, true);
        assertThat(text)
                .contains("\u001b[33mactive\u001b[0m  ", "\u001b[31mstopped\u001b[0m ", "\u001b[33mstarting\u001b[0m");
        assertThat(StatusTable.text(json("{\"a\": \"active\"}"), Map.of(), Map.of(), NOW, 80, true))
                .contains("\u001b[32mactive\u001b[0m");
        assertThat(text.replaceAll("\u001b\\[\\d+m", ""))
                .isEqualTo(StatusTable.text(states(), details(), infos(), NOW, 200, false));
    }

    @Test
    void a_name_has_the_columns_that_it_takes_on_the_screen_and_a_long_one_hides_nothing_of_the_others()
            throws Exception {
        String long_ = "a".repeat(90);
        Map<String, @Nullable Object> states =
                json("{\"" + long_ + "\": \"active\", \"\u65e5\u672c\u8a9e\": \"active\"}");
        String table = StatusTable.text(states, details(), Map.of(), NOW, 80, false);
        assertThat(table.lines()).allMatch(line -> Cells.width(line) <= 80);
        assertThat(table.lines().map(line -> Cells.width(line.split("(?<=active)")[0])))
                .containsExactly(Cells.width(table.lines().findFirst().orElse("")), 38, 38);
        assertThat(table)
                .startsWith("NAME")
                .contains("a".repeat(29) + "\u2026", "PROCESSES", "UPTIME", "CPU", "MEMORY");
    }

    @Test
    void lengths_of_time_have_two_units() {
        assertThat(Durations.text(-3)).isEqualTo("0 s");
        assertThat(Durations.text(59.9)).isEqualTo("59 s");
        assertThat(Durations.text(60)).isEqualTo("1 min 0 s");
        assertThat(Durations.text(3_599)).isEqualTo("59 min 59 s");
        assertThat(Durations.text(86_399)).isEqualTo("23 h 59 min");
        assertThat(Durations.text(90_000)).isEqualTo("1 d 1 h");
    }
}
