package circus.tests.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.PythonCircus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Circus 0.19.0 in Python: its plugins beside ours at the same circusd, and our circus-plugin at its circusd. Runs where {@code
 * -Dcircus.python} names a checkout of it.
 */
@Tag(PythonCircus.TAG)
@ExtendWith(HomeExtension.class)
class PythonPluginsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Home home;

    PythonPluginsTest(Home home) {
        this.home = home;
    }

    /** Circus's own. */
    private Process python(Circus circus, String config, String plugin) throws IOException {
        return home.prepared(PythonCircus.program(
                        "-c",
                        "from circus import plugins;plugins.main()",
                        "--endpoint",
                        circus.endpoint(),
                        "--pubsub",
                        circus.eventEndpoint(),
                        "--config",
                        config,
                        plugin))
                .redirectErrorStream(true)
                .redirectOutput(home.path("python-plugin.log").toFile())
                .start();
    }

    private static String config(Metrics statsd, String more) {
        return "host:127.0.0.1:::port:" + statsd.port() + more;
    }

    private static List<String> told(Metrics statsd) {
        return statsd.of("app");
    }

    @Test
    void both_count_the_same_events() throws IOException {
        Circus circus = home.circus(
                "events",
                "",
                "[watcher:Two Words]\ncmd = sleep 1000\nnumprocesses = 2\n[watcher:x]\ncmd = sleep 1000\n");
        circus.start();
        String emitter = "circus.plugins.statsd.StatsdEmitter";
        try (Metrics theirs = new Metrics();
                Metrics ours = new Metrics();
                PluginProgram unused =
                        PluginProgram.start(home, circus, "--config", config(ours, ":::sample_rate:0.1"), emitter)) {
            Process python = python(circus, config(theirs, ":::sample_rate:0.1"), emitter);
            String start = "two_words.start:1|c|@0.1";
            await("both hear").atMost(PATIENCE).until(() -> {
                circus.tell("restart", "--waiting", "two words");
                return told(theirs).contains(start) && told(ours).contains(start);
            });
            circus.tell("stop", "--waiting", "x");
            await("both are up to date")
                    .atMost(PATIENCE)
                    .until(() -> told(theirs).contains("x.stop:1|c|@0.1")
                            && told(ours).contains("x.stop:1|c|@0.1"));
            theirs.forget();
            ours.forget();
            circus.tell("restart", "--waiting", "two words");
            circus.tell("incr", "--waiting", "two words");
            circus.tell("set", "two words", "graceful_timeout", "3");
            circus.tell("start", "--waiting", "x");
            await("both have told all")
                    .atMost(PATIENCE)
                    .until(() -> told(theirs).contains("x.start:1|c|@0.1")
                            && told(ours).contains("x.start:1|c|@0.1"));
            assertThat(told(theirs)).contains("two_words.updated:1|c|@0.1", "two_words.spawn:1|c|@0.1");
            assertThat(told(ours)).isEqualTo(told(theirs));
            python.destroy();
        }
        circus.terminate();
    }

    @Test
    void both_tell_figures_in_the_same_form() throws IOException {
        Circus circus = home.circus(
                "figures",
                "",
                "[watcher:Two]\ncmd = sleep 1000\nnumprocesses = 2\n[watcher:none]\ncmd = sleep 1000\nautostart = no\n");
        circus.start();
        circus.awaitWorkers("two", 2);
        try (Metrics theirs = new Metrics();
                Metrics ours = new Metrics();
                PluginProgram unused =
                        PluginProgram.start(home, circus, "--config", config(ours, ":::loop_rate:0.5"), "FullStats")) {
            Process python = python(circus, config(theirs, ":::loop_rate:0.5"), "circus.plugins.statsd.FullStats");
            List<String> form =
                    await("their round").atMost(PATIENCE).until(() -> round(theirs), each -> each.size() == 8);
            assertThat(await("our round").atMost(PATIENCE).until(() -> round(ours), each -> each.size() == 8))
                    .isEqualTo(form)
                    .contains("_stats.Two.watchers_num:2|g", "_stats.none.watchers_num:0|g", "_stats.Two.mem_max:N|g");
            python.destroy();
        }
        circus.terminate();
    }

    /** The last whole round but for its measures: sizes differ from one moment to the next. */
    private static List<String> round(Metrics statsd) {
        List<String> told = told(statsd).stream()
                .map(line -> line.replaceAll(":[0-9]+\\.[0-9]+\\|", ":F|").replaceAll(":[0-9]{5,}\\|", ":N|"))
                .toList();
        int end = told.lastIndexOf("_stats.none.watchers_num:0|g");
        int begin = end < 0 ? -1 : told.subList(0, end).lastIndexOf("_stats.none.watchers_num:0|g");
        return begin < 0 ? List.of() : told.subList(begin + 1, end + 1);
    }

    @Test
    void ours_works_for_a_circusd_in_python_and_goes_on_when_that_is_started_again() throws Exception {
        Circus circus = home.circus("python", "check_delay = 1\n", """
                [watcher:Two Words]
                cmd = sleep 1000
                copy_env = True
                """);
        PythonCircus.start(circus);
        awaitPython(circus);
        try (Metrics events = new Metrics();
                Metrics figures = new Metrics();
                PluginProgram emitter =
                        PluginProgram.start(home, circus, "--config", config(events, ""), "StatsdEmitter");
                PluginProgram asker = PluginProgram.start(
                        home, circus, "--config", config(figures, ":::loop_rate:0.5"), "FullStats")) {
            awaitBoth(circus, events, figures);
            circus.manager().kill9();
            circus.manager().awaitExit(PATIENCE);
            events.forget();
            figures.forget();
            PythonCircus.start(circus);
            awaitPython(circus);
            awaitBoth(circus, events, figures);
            assertThat(emitter.terminate()).isZero();
            assertThat(asker.terminate()).isZero();
        }
        circus.manager().signal("TERM");
        assertThat(circus.manager().awaitExit(PATIENCE)).isZero();
    }

    private static void awaitPython(Circus circus) {
        await("circusd")
                .atMost(PATIENCE)
                .until(() -> circus.ask("list", Map.of("name", "two words"), Duration.ofSeconds(2))
                        .filter(answer -> answer.fields().get("pids") instanceof List<?> pids && pids.size() == 1)
                        .isPresent());
    }

    private static void awaitBoth(Circus circus, Metrics events, Metrics figures) {
        await("an event").atMost(PATIENCE).until(() -> {
            circus.tell("restart", "--waiting", "two words");
            return told(events).contains("two_words.start:1|c");
        });
        await("figures").atMost(PATIENCE).until(() -> told(figures).contains("_stats.Two Words.watchers_num:1|g"));
    }
}
