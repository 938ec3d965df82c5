package circus.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.message.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is printed without a terminal, and how the command line is read. */
class PlainRunTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private static Settings settings(Map<String, String> environment, String... words)
            throws Settings.BadSettingException {
        TopOptions options = new TopOptions();
        TopOptions.commandLine(options).parseArgs(words);
        return Settings.of(options, environment, false);
    }

    private int run(Happenings happenings, String... words) throws Exception {
        return new PlainRun(
                        settings(Map.of("LANG", "C.UTF-8"), words),
                        happenings,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run();
    }

    private static Happenings fed() {
        Happenings happenings = new Happenings();
        for (String body : List.of(
                "{\"mem_info1\": \"2.00M\", \"cpu\": 12.5, \"mem\": 0.25, \"pid\": 4242, \"username\": \"www\", \"age\": 70.5, \"cmdline\": \"sleep\", \"subtopic\": 4242, \"name\": null}",
                "{\"mem_info1\": \"N/A\", \"cpu\": \"N/A\", \"mem\": \"N/A\", \"pid\": 4243, \"username\": \"www\", \"age\": 70.5, \"cmdline\": \"sleep\", \"subtopic\": 4243, \"name\": null}")) {
            String pid = body.contains("4242") ? "4242" : "4243";
            tell(happenings, "stat.web." + pid, body);
        }
        tell(happenings, "stat.web", "{\"pid\": [4242, 4243], \"cpu\": 6.25, \"mem\": 0.25, \"age\": 70.5}");
        tell(happenings, "stat.sockets.9", "{\"fd\": 9, \"subtopic\": 9, \"reads\": 3, \"address\": \"/tmp/x.sock\"}");
        return happenings;
    }

    private static void tell(Happenings happenings, String topic, String body) {
        StatMessage.read(topic, body.getBytes(StandardCharsets.UTF_8))
                .ifPresent(message -> happenings.tell(new Happening.Told(message)));
    }

    @Test
    void once_prints_one_table() throws Exception {
        assertThat(run(fed())).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                NAME           PID STATE  CPU % MEM %   RSS   AGE RESTARTS USER LAST EXIT
                web              2          N/A   N/A   N/A 1m10s
                  sleep       4242         12.5  0.25 2.00M 1m10s          www
                  sleep       4243          N/A   N/A   N/A 1m10s          www
                sockets          1 3 hits
                  /tmp/x.sock fd 9 3 hits
                """);
    }

    @Test
    void json_has_the_same_figures_and_null_for_what_is_not_known() throws Exception {
        assertThat(run(fed(), "--once", "--json")).isZero();
        Map<String, ?> report = Json.readObject(out.toString(StandardCharsets.UTF_8));
        assertThat(report.keySet().stream().map(String::valueOf))
                .containsExactly("time", "endpoint", "watchers", "circus", "sockets", "total");
        assertThat(Json.write(((Map<?, ?>) Objects.requireNonNull(report.get("watchers"))).get("web")))
                .isEqualTo(
                        "{\"state\": null, \"wanted\": null, \"restarts\": null, \"last_exit\": null, \"cpu\": null, "
                                + "\"mem\": null, \"rss\": null, \"age\": 70.5, \"processes\": [{\"pid\": 4242, \"name\": \"sleep\", "
                                + "\"user\": \"www\", \"cpu\": 12.5, \"mem\": 0.25, \"rss\": 2097152, \"age\": 70.5}, "
                                + "{\"pid\": 4243, \"name\": \"sleep\", \"user\": \"www\", \"cpu\": null, \"mem\": null, "
                                + "\"rss\": null, \"age\": 70.5}]}");
        assertThat(Json.write(report.get("total")))
                .isEqualTo("{\"watchers\": 1, \"processes\": 2, \"cpu\": 12.5, \"mem\": 0.25, \"rss\": 2097152}");
    }

    @Test
    void without_data_it_says_so_and_fails() throws Exception {
        Happenings happenings = new Happenings();
        happenings.tell(new Happening.Lost("Connection refused"));
        assertThat(run(happenings, "--timeout", "0.2")).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("circus-top: cannot show figures: no data came from tcp://127.0.0.1:5557 in 0.2 s "
                        + "(Connection refused); has circusd statsd = True, and is this its stats_endpoint?\n");
    }

    @Test
    void options_may_stand_in_any_order_and_the_last_of_two_counts() throws Exception {
        Settings settings = settings(
                Map.of("CIRCUSCTL_ENDPOINT", "tcp://127.0.0.1:7"),
                "--endpoint=tcp://127.0.0.1:1",
                "--json",
                "--process-timeout",
                "10",
                "--endpoint",
                "tcp://127.0.0.1:2",
                "--read-only");
        assertThat(settings.endpoint()).isEqualTo("tcp://127.0.0.1:2");
        assertThat(settings.control()).isEqualTo("tcp://127.0.0.1:7");
        assertThat(settings.processTimeout()).hasSeconds(10);
        assertThat(settings.readOnly()).isTrue();
        assertThat(settings.json()).isTrue();
        assertThat(settings.once()).isFalse();
        assertThat(settings(Map.of(), "--control", "ipc:///x").control()).isEqualTo("ipc:///x");
        assertThat(settings(Map.of()).once()).as("the output is no terminal").isTrue();
    }

    @Test
    void what_cannot_be_is_told() {
        assertThatThrownBy(() -> settings(Map.of(), "--process-timeout", "0"))
                .hasMessageStartingWith("cannot use 0.0 as --process-timeout: ");
        assertThatThrownBy(() -> settings(Map.of(), "--timeout", "NaN")).hasMessageStartingWith("cannot use NaN as ");
        assertThatThrownBy(() -> settings(Map.of(), "--endpoint", "nowhere"))
                .hasMessageStartingWith("cannot use endpoint 'nowhere'");
        assertThatThrownBy(() -> settings(Map.of("CIRCUSCTL_ENDPOINT", "x")))
                .hasMessageStartingWith("cannot use endpoint 'x'");
        assertThatThrownBy(() -> settings(Map.of(), "--curve", "/no/such"))
                .hasMessageStartingWith("cannot use the keys in /no/such: ");
    }
}
