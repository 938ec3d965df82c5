package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.client.Answer;
import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code stats} of real processes that do something. */
@ExtendWith(HomeExtension.class)
class StatsTest {
    private static final Duration TO_SHOW = Duration.ofSeconds(30);

    /** A process that wants all of a processor gets more than this even on a loaded machine, one that sleeps never. */
    private static final double BUSY = 2.0;

    private final Home home;

    StatsTest(Home home) {
        this.home = home;
    }

    private static Map<?, ?> map(@Nullable Object value) {
        assertThat(value).isInstanceOf(Map.class);
        return (Map<?, ?>) Objects.requireNonNull(value);
    }

    private static Map<?, ?> only(Answer answer) {
        Map<?, ?> infos = map(answer.fields().get("info"));
        assertThat(infos).hasSize(1);
        return map(infos.values().iterator().next());
    }

    private static List<?> children(Map<?, ?> info) {
        return (List<?>) Objects.requireNonNull(info.get("children"));
    }

    private static double cpu(Map<?, ?> info) {
        return ((Number) Objects.requireNonNull(info.get("cpu"))).doubleValue();
    }

    @Test
    void a_busy_worker_and_its_busy_child_take_what_they_take_and_idle_ones_nothing() {
        Circus circus = home.circus("busy", "", """
                [watcher:busy]
                cmd = /bin/sh -c 'while :; do :; done & while :; do :; done'
                [watcher:idle]
                cmd = /bin/sh -c 'sleep 1000; :'
                """);
        circus.start();
        circus.awaitWorkers("busy", 1);
        await("true shares").atMost(TO_SHOW).untilAsserted(() -> {
            Map<?, ?> busy = only(circus.call("stats", Map.of("name", "busy")));
            assertThat(cpu(busy)).isBetween(BUSY, 110.0);
            assertThat(children(busy))
                    .singleElement()
                    .satisfies(child -> assertThat(cpu(map(child))).isBetween(BUSY, 110.0));
            Map<?, ?> idle = only(circus.call("stats", Map.of("name", "idle")));
            assertThat(cpu(idle)).isLessThan(BUSY);
            assertThat(children(idle)).singleElement().satisfies(child -> {
                assertThat(cpu(map(child))).isLessThan(BUSY);
                assertThat(map(child).get("cmdline")).isEqualTo("sleep");
            });
        });
        circus.terminate();
    }

    @Test
    void who_asks_all_the_time_does_not_spoil_what_others_are_told() {
        Circus circus = home.circus(
                "asked", "", "[watcher:busy]\ncmd = /bin/sh -c 'while :; do :; done & while :; do :; done'\n");
        circus.start();
        circus.awaitWorkers("busy", 1);
        for (int i = 0; i < 50; i++) {
            Map<?, ?> busy = only(circus.call("stats", Map.of("name", "busy")));
            // Between two questions there is less than a tick: the share of that would be 0, or far above 100.
            assertThat(cpu(busy)).as("question " + i).isLessThan(115.0);
            if (i > 20) {
                assertThat(cpu(busy)).as("question " + i).isPositive();
            }
        }
        circus.terminate();
    }

    @Test
    void the_replies_have_the_fields_of_circus_and_repeat_what_was_sent() {
        Path figures = home.script("figures", "echo '{\"rps\": 4}'\n");
        Circus circus = home.circus("replies", "", """
                [watcher:Two Words]
                cmd = sleep 1000
                hooks.extended_stats = exec:%s
                [watcher:off]
                cmd = sleep 1000
                autostart = false
                """.formatted(figures));
        circus.start();
        String pid = circus.awaitWorkers("two words", 1).get(0).toString();

        Map<?, ?> all =
                map(circus.call("stats", Map.of("extended", true)).fields().get("infos"));
        assertThat(all.keySet().stream().map(String::valueOf)).containsExactly("Two Words", "off");
        assertThat(map(all.get("off"))).isEmpty();
        assertThat(map(map(all.get("Two Words")).get(pid)).containsKey("rps"))
                .as("never extended without a name")
                .isFalse();

        Answer watcher = circus.call("stats", Map.of("name", "two WORDS"));
        assertThat(watcher.fields().keySet()).containsExactly("status", "time", "name", "info", "id");
        assertThat(watcher.fields()).containsEntry("name", "two WORDS");

        Answer process = circus.call("stats", Map.of("name", "two words", "process", pid, "extended", true));
        assertThat(process.fields().keySet()).containsExactly("status", "time", "process", "info", "id");
        assertThat(process.fields()).containsEntry("process", pid);
        Map<?, ?> info = map(process.fields().get("info"));
        assertThat(info.get("rps")).isEqualTo(4L);
        assertThat(info.keySet().stream().map(String::valueOf).toList())
                .isEqualTo(
                        List.of(("mem_info1 mem_info2 cpu mem ctime pid username nice create_time age cmdline children"
                                        + " started wid rps")
                                .split(" ")));
        circus.terminate();
    }

    @Test
    void a_zombie_child_is_told_and_is_nobodys_end() {
        Circus circus = home.circus("zombie", "", """
                [watcher:z]
                cmd = /bin/sh -c 'sleep 0.1 & exec sleep 1000'
                """);
        circus.start();
        circus.awaitWorkers("z", 1);
        await("a zombie").atMost(TO_SHOW).untilAsserted(() -> {
            Map<?, ?> info = only(circus.call("stats", Map.of("name", "z")));
            assertThat(info.get("nice")).isEqualTo(0L);
            assertThat(children(info)).singleElement().satisfies(child -> {
                assertThat(map(child).get("nice")).isEqualTo("Zombie");
                assertThat(map(child).get("mem_info1")).isEqualTo("0B");
            });
        });
        circus.terminate();
    }

    @Test
    void a_user_without_a_name_is_told_by_number() {
        Assumptions.assumeTrue(System.getProperty("user.name").equals("root"), "only root starts processes of others");
        // A number that /etc/passwd does not know is refused as uid, so a program becomes that user.
        Circus circus = home.circus(
                "user", "", "[watcher:u]\ncmd = /usr/bin/setpriv --reuid=54321 --clear-groups sleep 1000\n");
        circus.start();
        circus.awaitWorkers("u", 1);
        await("its user")
                .atMost(TO_SHOW)
                .untilAsserted(() -> assertThat(
                                only(circus.call("stats", Map.of("name", "u"))).get("username"))
                        .isEqualTo("54321"));
        circus.terminate();
    }

    @Test
    void processes_that_end_while_they_are_looked_at_spoil_nothing() {
        Circus circus = home.circus("mortal", "", """
                [watcher:mortals]
                cmd = /bin/sh -c 'sleep 0.02 & sleep 0.01 & sleep 0.05'
                numprocesses = 20
                [watcher:stays]
                cmd = sleep 1000
                """);
        circus.start();
        int stays = circus.awaitWorkers("stays", 1).get(0);
        for (int i = 0; i < 30; i++) {
            Map<?, ?> infos = map(circus.call("stats", Map.of()).fields().get("infos"));
            assertThat(infos.keySet().stream().map(String::valueOf)).containsExactly("mortals", "stays");
            assertThat(map(map(infos.get("stays")).get(Integer.toString(stays))).get("cmdline"))
                    .isEqualTo("sleep");
            map(infos.get("mortals")).values().forEach(info -> {
                if (info instanceof Map<?, ?> there) {
                    assertThat(there.get("wid")).isInstanceOf(Long.class);
                } else {
                    assertThat(info).isEqualTo("No such process (stopped?)");
                }
            });
        }
        circus.terminate();
    }

    @Test
    void a_thousand_workers_are_told_at_once() {
        Circus circus = home.circus("many", "", "[watcher:s]\ncmd = sleep 1000\nnumprocesses = 1000\n");
        circus.start();
        List<Integer> pids = circus.awaitWorkers("s", 1_000);
        Map<?, ?> infos =
                map(map(circus.call("stats", Map.of()).fields().get("infos")).get("s"));
        assertThat(infos.keySet().stream().map(pid -> Integer.valueOf(String.valueOf(pid))))
                .containsExactlyElementsOf(pids);
        assertThat(infos.values()).allSatisfy(info -> {
            assertThat(map(info).get("username")).isEqualTo(System.getProperty("user.name"));
            assertThat(children(map(info))).isEmpty();
        });
        circus.terminate();
    }
}
