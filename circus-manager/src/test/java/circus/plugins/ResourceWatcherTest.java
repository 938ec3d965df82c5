package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResourceWatcherTest {
    private static final Duration ROUND = Duration.ofSeconds(3);

    private final StatsdServer statsd = new StatsdServer();
    private final ResourceWatcher plugin = new ResourceWatcher();
    private final Map<String, @Nullable Object> infos = new LinkedHashMap<>();
    private HandDriven circus = new HandDriven("plugin:resources");

    ResourceWatcherTest() throws Exception {}

    @AfterEach
    void stop() {
        plugin.stop();
        statsd.close();
    }

    private void start(String... options) throws Exception {
        String[] common = {"host", "127.0.0.1", "port", "" + statsd.port(), "loop_rate", "3", "watcher", "web"};
        circus = new HandDriven(
                "plugin:resources",
                Stream.of(common, options).flatMap(Stream::of).toArray(String[]::new));
        circus.answer("stats", properties -> Map.of("name", "web", "info", infos));
        plugin.start(circus);
    }

    private static Map<String, Object> process(int pid, double cpu, String memory, Map<?, ?>... children) {
        return Map.of("pid", pid, "cpu", cpu, "mem", 0.1, "mem_info1", memory, "children", List.of(children));
    }

    private List<String> orders() {
        return circus.asked().stream()
                .filter(HandDriven.Asked::isCast)
                .map(asked -> asked.command() + " " + new java.util.TreeMap<>(asked.properties()))
                .toList();
    }

    @Test
    void after_one_round_more_than_max_count_the_watcher_is_restarted_and_statsd_told() throws Exception {
        start("max_mem", "1K", "max_count", "1");
        infos.put("11", process(11, 0, "100B"));
        infos.put("12", process(12, 0, "1.20M"));
        circus.pass(ROUND);
        assertThat(orders()).isEmpty();
        circus.pass(ROUND);
        assertThat(orders()).containsExactly("restart {match=simple, name=web}");
        circus.pass(ROUND);
        assertThat(orders()).isEmpty();
        circus.pass(ROUND);
        assertThat(orders()).hasSize(1);
        String prefix = "circus.app.watcher._resource_watcher.web.";
        assertThat(statsd.receive(6))
                .containsExactly(
                        prefix + "over_memory:1|c",
                        prefix + "over_memory:1|c",
                        prefix + "restarting:1|c",
                        prefix + "over_memory:1|c",
                        prefix + "over_memory:1|c",
                        prefix + "restarting:1|c");
    }

    @Test
    void a_child_alone_is_signalled_and_named_with_its_parent() throws Exception {
        start(
                "max_cpu",
                "50",
                "max_count",
                "1",
                "process_children",
                "yes",
                "child_signal",
                "SIGUSR1",
                "health_threshold",
                "0");
        infos.put("11", process(11, 1, "1M", process(21, 80, "1M"), process(22, 2, "1M")));
        infos.put("12", "No such process (stopped?)");
        circus.pass(ROUND);
        circus.pass(ROUND);
        assertThat(orders()).containsExactly("signal {child_pid=21, name=web, pid=11, signum=10}");
        infos.put("11", process(11, 1, "1M", process(23, 80, "1M")));
        circus.pass(ROUND);
        infos.put("11", process(11, 1, "1M", process(24, 80, "1M")));
        circus.pass(ROUND);
        assertThat(orders()).isEmpty();
    }

    @Test
    void without_process_children_only_the_workers_count() throws Exception {
        start("max_count", "0");
        infos.put("11", process(11, 1, "1M", process(21, 99, "1M")));
        circus.pass(ROUND);
        assertThat(orders()).isEmpty();
    }

    @Test
    void one_that_has_no_process_uses_too_little_but_not_when_somebody_has_stopped_it() throws Exception {
        start("min_cpu", "1", "max_count", "1");
        circus.answer("status", Map.of("status", "stopped"));
        circus.pass(ROUND.multipliedBy(5));
        assertThat(orders()).isEmpty();
        circus.answer("status", Map.of("status", "active"));
        circus.pass(ROUND.multipliedBy(2));
        assertThat(orders()).containsExactly("restart {match=simple, name=web}");
    }

    @Test
    void a_watcher_that_is_not_there_is_told_to_statsd() throws Exception {
        start("application_name", "shop", "sample_rate", "0.5");
        circus.answer("stats", Map.of("status", "error", "reason", "program web not found"));
        circus.pass(ROUND);
        assertThat(statsd.receive(1)).containsExactly("circus.shop.watcher._resource_watcher.web.error:1|c|@0.5");
        assertThat(orders()).isEmpty();
    }

    @Test
    void it_must_be_told_which_watcher_and_knows_the_old_name() throws Exception {
        assertThatThrownBy(() -> new ResourceWatcher().start(new HandDriven("plugin:resources")))
                .hasMessage("cannot look after a watcher: [plugin:resources] does not say which; write watcher = NAME");
        circus = new HandDriven(
                "plugin:resources",
                "host",
                "127.0.0.1",
                "port",
                "" + statsd.port(),
                "service",
                "web",
                "loop_rate",
                "3");
        plugin.start(circus);
        circus.pass(ROUND);
        assertThat(circus.asked()).first().hasToString("call stats {name=web}");
    }
}
