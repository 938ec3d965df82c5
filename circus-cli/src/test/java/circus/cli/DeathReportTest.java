package circus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DeathReportTest {
    private static String report(String reason, @Nullable Object resources) {
        Map<String, @Nullable Object> death = new LinkedHashMap<>();
        death.put("watcher", "web");
        death.put("wid", 2L);
        death.put("pid", 4712L);
        death.put("started", 1.5);
        death.put("ended", 3.75);
        death.put("exit_code", -11L);
        death.put("reason", reason);
        death.put("command", null);
        death.put("by", null);
        death.put("resources", resources);
        return new DeathReport(ZoneOffset.UTC).text(Map.of("deaths", List.of(death)));
    }

    private static Map<String, Object> used(long bytes) {
        return Map.of("user", 1.320001, "system", 0.21, "max_rss", bytes);
    }

    @Test
    void what_it_has_used_is_told_where_it_is_known() {
        assertThat(report("died", used(88_184_832))).isEqualTo("""
                web.2, pid 4712: signal 11 (SIGSEGV), died, after 2.250 s
                  started 1970-01-01 00:00:01.500, ended 1970-01-01 00:00:03.750
                  resources: 1.32 s user, 0.21 s system, 84.1 MB at most""");
        assertThat(report("died", used(900 * 1024))).endsWith(", 900 KB at most");
        assertThat(report("died", used(3L << 29))).endsWith(", 1.50 GB at most");
        assertThat(report("died", Map.of("user", 0.0, "system", 0.004, "max_rss_below", 50_000L * 1024)))
                .endsWith("\n  resources: 0.00 s user, 0.00 s system, 48.8 MB or less");
        assertThat(report("died", null)).doesNotContain("resources");
    }

    @Test
    void what_was_left_alone_has_not_been_ended_by_circusd() {
        assertThat(report("left", null)).contains("signal 11 (SIGSEGV), left alone by rm --nostop, after 2.250 s\n");
        assertThat(report("max_age", null)).contains(", ended by circusd (max_age), after ");
    }
}
