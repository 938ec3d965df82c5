package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.message.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Flapping asks of circusd, and when. */
class FlappingTest {
    private final HandDriven circus =
            new HandDriven("plugin:flapping", "attempts", "3", "window", "10", "retry_in", "2", "max_retry", "2");
    private final Flapping plugin = new Flapping(circus::nanos, circus.wallClock());
    private final Map<String, @Nullable Object> options = new LinkedHashMap<>(Map.of("respawn", true));
    private double lastAsked;
    private String by = "plugin:flapping";
    private String command = "stop Web App";
    private String status = "stopped";

    @BeforeEach
    void start() throws Exception {
        circus.answer("options", Map.of("options", options));
        circus.answer("stop", properties -> {
            lastAsked = Json.seconds(circus.now());
            return Map.of();
        });
        circus.answer(
                "status",
                properties -> Map.of(
                        "status",
                        status,
                        "details",
                        Map.of("Web App", lastAsked == 0 ? Map.of() : Map.of("asked", asked()))));
        plugin.start(circus);
    }

    private Map<String, Object> asked() {
        return Map.of("command", command, "by", by, "time", lastAsked);
    }

    /** This one has ended; another one takes its place. */
    private Flapping another() throws Exception {
        circus.end();
        Flapping next = new Flapping(circus::nanos, circus.wallClock());
        next.start(circus);
        return next;
    }

    private void tell(String action) throws Exception {
        circus.tell(plugin, "Web App", action, Map.of());
    }

    private void dies(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            ends("died");
            circus.pass(Duration.ofMillis(100));
        }
    }

    private void ends(String reason) throws Exception {
        circus.tell(plugin, "Web App", "exit", Map.of("process_pid", 5, "exit_code", 1, "reason", reason));
    }

    @Test
    void it_is_stopped_started_again_and_stopped_for_good() throws Exception {
        for (int round = 0; round < 2; round++) {
            dies(2);
            assertThat(circus.orders()).isEmpty();
            ends("died");
            assertThat(circus.orders()).containsExactly("stop Web App");
            tell("stop");
            circus.pass(Duration.ofMillis(1999));
            assertThat(circus.orders()).isEmpty();
            circus.pass(Duration.ofMillis(1));
            assertThat(circus.orders()).containsExactly("start Web App");
            tell("start");
        }
        dies(3);
        assertThat(circus.orders()).containsExactly("stop Web App");
        tell("stop");
        circus.pass(Duration.ofHours(1));
        assertThat(circus.orders()).isEmpty();
    }

    @Test
    void only_the_watcher_of_just_that_name_is_meant() throws Exception {
        dies(3);
        assertThat(circus.asked())
                .anySatisfy(
                        asked -> assertThat(asked.properties().toString()).contains("name=Web App", "match=simple"));
    }

    @Test
    void ends_that_somebody_asked_for_do_not_count() throws Exception {
        for (String reason :
                new String[] {"stop", "restart", "decr", "kill", "reload", "max_age", "replace", "kernel_lost"}) {
            ends(reason);
            tell("reap");
        }
        circus.tell(plugin, "plugin:flapping", "exit", Map.of("reason", "died"));
        circus.tell(plugin, "plugin:flapping", "exit", Map.of("reason", "died"));
        circus.tell(plugin, "plugin:flapping", "exit", Map.of("reason", "died"));
        assertThat(circus.asked()).isEmpty();
    }

    @Test
    void whoever_starts_it_meanwhile_cancels_the_start() throws Exception {
        dies(3);
        // That of the start before, which is told late.
        tell("start");
        tell("stop");
        tell("spawn");
        circus.pass(Duration.ofMinutes(1));
        assertThat(circus.orders()).containsExactly("stop Web App");
    }

    @Test
    void whoever_stops_it_once_more_cancels_the_start_though_no_event_tells_of_that() throws Exception {
        dies(3);
        tell("stop");
        circus.pass(Duration.ofSeconds(1));
        lastAsked = Json.seconds(circus.now());
        by = "uid 0";
        circus.pass(Duration.ofMinutes(1));
        assertThat(circus.orders()).containsExactly("stop Web App");

        // Started by that somebody, it is watched as ever.
        by = "plugin:flapping";
        tell("spawn");
        tell("start");
        dies(3);
        tell("stop");
        circus.pass(Duration.ofSeconds(2));
        assertThat(circus.orders()).containsExactly("stop Web App", "start Web App");
    }

    @Test
    void whoever_stops_it_once_more_is_known_though_the_clock_was_set_back() throws Exception {
        dies(3);
        tell("stop");
        circus.setClock(Duration.ofMinutes(-10));
        lastAsked = Json.seconds(circus.now());
        by = "uid 0, pid 17";
        circus.pass(Duration.ofMinutes(1));
        assertThat(circus.orders()).containsExactly("stop Web App");

        circus.setClock(Duration.ofMinutes(10));
        by = "plugin:flapping";
        tell("spawn");
        dies(3);
        tell("stop");
        circus.setClock(Duration.ofMinutes(-10));
        lastAsked = Json.seconds(circus.now());
        by = "plugin:other";
        another();
        circus.pass(Duration.ofMinutes(1));
        assertThat(circus.orders()).containsExactly("stop Web App");
    }

    @Test
    void as_a_process_it_is_known_by_its_pid_and_where_circusd_knows_none_by_the_time() throws Exception {
        by = "uid 0, pid " + ProcessHandle.current().pid();
        dies(3);
        tell("stop");
        circus.setClock(Duration.ofMinutes(-10));
        lastAsked = Json.seconds(circus.now());
        circus.pass(Duration.ofSeconds(2));
        assertThat(circus.orders()).containsExactly("stop Web App", "start Web App");
        tell("spawn");
        dies(3);
        tell("stop");
        circus.setClock(Duration.ofMinutes(-10));
        lastAsked = Json.seconds(circus.now());
        by = "uid 0, pid 17";
        circus.pass(Duration.ofSeconds(2));
        assertThat(circus.orders()).containsExactly("stop Web App");
    }

    @Test
    void as_a_process_of_another_machine_it_is_known_by_the_time() throws Exception {
        by = "127.0.0.1:40312";
        dies(3);
        tell("stop");
        circus.pass(Duration.ofSeconds(2));
        assertThat(circus.orders()).containsExactly("stop Web App", "start Web App");
        tell("spawn");
        dies(3);
        tell("stop");
        circus.pass(Duration.ofSeconds(1));
        lastAsked = Json.seconds(circus.now());
        circus.pass(Duration.ofSeconds(2));
        assertThat(circus.orders()).containsExactly("stop Web App");
    }

    @Test
    void whoever_removes_it_cancels_the_start() throws Exception {
        dies(3);
        tell("stop");
        tell("remove");
        circus.pass(Duration.ofMinutes(1));
        assertThat(circus.orders()).containsExactly("stop Web App");
    }

    @Test
    void one_that_is_gone_without_an_event_is_not_started_either() throws Exception {
        dies(3);
        tell("stop");
        circus.answer("status", Map.of("status", "error", "reason", "program Web App not found"));
        circus.pass(Duration.ofMinutes(1));
        assertThat(circus.orders()).containsExactly("stop Web App");
    }

    @Test
    void a_stop_that_takes_longer_than_retry_in_is_waited_for_and_the_tries_are_kept() throws Exception {
        for (int round = 0; round < 2; round++) {
            dies(3);
            circus.pass(Duration.ofSeconds(30));
            assertThat(circus.orders()).containsExactly("stop Web App");
            tell("stop");
            assertThat(circus.orders()).containsExactly("start Web App");
        }
        dies(3);
        tell("stop");
        circus.pass(Duration.ofMinutes(1));
        assertThat(circus.orders()).containsExactly("stop Web App");
    }

    @Test
    void a_stop_that_is_refused_is_tried_again() throws Exception {
        circus.answer(
                "stop",
                Map.of("status", "error", "reason", "arbiter is already running arbiter_reload command", "errno", 5));
        dies(3);
        circus.answer("stop", Map.of());
        circus.pass(Duration.ofSeconds(1));
        tell("stop");
        circus.pass(Duration.ofSeconds(5));
        assertThat(circus.orders()).containsExactly("stop Web App", "stop Web App", "start Web App");
    }

    @Test
    void one_that_is_gone_is_not_stopped_for_ever() throws Exception {
        circus.answer("stop", Map.of("status", "error", "reason", "program Web App not found"));
        circus.answer("status", Map.of("status", "error", "reason", "program Web App not found"));
        dies(3);
        circus.pass(Duration.ofMinutes(1));
        assertThat(circus.orders()).containsExactly("stop Web App");
        assertThat(plugin.remembered()).isZero();
    }

    @Test
    void options_of_the_watcher_count_and_are_read_again_when_they_are_changed() throws Exception {
        options.put("flapping.active", "false");
        dies(10);
        assertThat(circus.orders()).isEmpty();
        options.put("flapping.active", "true");
        options.put("flapping.attempts", "1");
        options.put("flapping.max_retry", "0");
        ends("died");
        assertThat(circus.orders()).isEmpty();
        tell("updated");
        ends("died");
        circus.pass(Duration.ofMinutes(1));
        assertThat(circus.orders()).containsExactly("stop Web App");
    }

    @Test
    void an_edit_of_the_file_that_was_reloaded_is_noticed_without_an_event() throws Exception {
        dies(1);
        options.put("flapping.attempts", "2");
        circus.pass(Duration.ofSeconds(5));
        dies(1);
        assertThat(circus.orders()).containsExactly("stop Web App");
    }

    @Test
    void the_next_one_starts_what_waits_at_its_time_and_goes_on_with_the_count() throws Exception {
        dies(3);
        tell("stop");
        circus.pass(Duration.ofMillis(500));
        Flapping next = another();
        circus.pass(Duration.ofMillis(1200));
        assertThat(circus.orders()).containsExactly("stop Web App");
        circus.pass(Duration.ofMillis(400));
        assertThat(circus.orders()).containsExactly("start Web App");
        circus.tell(next, "Web App", "spawn", Map.of());
        assertThat(circus.memory).startsWith("{\"watched\": {\"Web App\": [1, ");
        status = "active";
        next = another();
        for (int i = 0; i < 3; i++) {
            circus.tell(next, "Web App", "exit", Map.of("process_pid", 5, "reason", "died"));
        }
        assertThat(circus.memory).contains("\"Web App\": [2, ");
        circus.tell(next, "Web App", "stop", Map.of());
        status = "stopped";
        next = another();
        circus.pass(Duration.ofSeconds(2));
        circus.tell(next, "Web App", "start", Map.of());
        status = "active";
        assertThat(circus.orders()).containsExactly("stop Web App", "start Web App");
        next = another();
        for (int i = 0; i < 3; i++) {
            circus.tell(next, "Web App", "exit", Map.of("process_pid", 5, "reason", "died"));
        }
        circus.tell(next, "Web App", "stop", Map.of());
        status = "stopped";
        assertThat(circus.memory).as("given up").isEmpty();
        another();
        circus.pass(Duration.ofHours(1));
        assertThat(circus.orders()).containsExactly("stop Web App");
    }

    @Test
    void the_next_one_knows_the_stop_as_that_of_the_one_before_though_it_ended_before_it_was_answered()
            throws Exception {
        circus.answer("stop", properties -> {
            lastAsked = Json.seconds(circus.now());
            throw new IllegalStateException("circusd is killed");
        });
        assertThatThrownBy(() -> {
                    circus.pass(Duration.ofMillis(100));
                    dies(3);
                })
                .hasMessage("circusd is killed");
        lastAsked += 0.001;
        another();
        circus.pass(Duration.ofSeconds(2));
        assertThat(circus.orders()).containsExactly("stop Web App", "start Web App");
    }

    @Test
    void the_next_one_waits_for_a_stop_that_goes_on() throws Exception {
        dies(3);
        status = "stopping";
        Flapping next = another();
        circus.pass(Duration.ofSeconds(20));
        assertThat(circus.orders()).containsExactly("stop Web App");
        status = "stopped";
        circus.tell(next, "Web App", "stop", Map.of());
        assertThat(circus.orders()).containsExactly("start Web App");
    }

    @Test
    void the_next_one_hears_of_a_stop_that_ended_while_it_began() throws Exception {
        dies(3);
        status = "stopping";
        double before = Json.seconds(circus.now());
        circus.pass(Duration.ofMillis(100));
        Flapping next = another();
        status = "stopped";
        circus.tell(next, "Web App", "stop", Map.of("time", before));
        circus.pass(Duration.ofSeconds(2));
        assertThat(circus.orders()).containsExactly("stop Web App", "start Web App");
    }

    @Test
    void old_news_of_the_stop_do_not_confuse_the_next_one() throws Exception {
        dies(3);
        double before = Json.seconds(circus.now());
        circus.pass(Duration.ofMillis(100));
        Flapping next = another();
        circus.tell(next, "Web App", "stop", Map.of("time", before));
        circus.pass(Duration.ofSeconds(2));
        assertThat(circus.orders()).containsExactly("stop Web App", "start Web App");
    }

    @Test
    void the_next_one_leaves_what_somebody_has_told_something_else_or_nobody_knows_of() throws Exception {
        dies(3);
        tell("stop");
        String memory = circus.memory;
        circus.pass(Duration.ofSeconds(1));
        double ours = lastAsked;
        lastAsked = Json.seconds(circus.now());
        by = "uid 0";
        another();
        assertThat(circus.memory).as("somebody has stopped it").isEmpty();

        circus.memory = memory;
        lastAsked = 0;
        another();
        assertThat(circus.memory).as("nobody knows who has stopped it").isEmpty();

        circus.memory = memory;
        lastAsked = ours;
        status = "active";
        another();
        assertThat(circus.memory).as("somebody has started it").contains("watched");

        circus.memory = memory;
        circus.answer("status", Map.of("status", "error", "reason", "program Web App not found"));
        another();
        assertThat(circus.memory).as("it is not there any more").isEmpty();
        circus.pass(Duration.ofHours(1));
        assertThat(circus.orders()).containsExactly("stop Web App");
    }

    @Test
    void the_next_one_keeps_the_tries_of_one_that_is_not_started_yet_but_not_of_one_that_somebody_has_stopped()
            throws Exception {
        dies(3);
        tell("stop");
        circus.pass(Duration.ofSeconds(2));
        tell("start");
        String memory = circus.memory;
        lastAsked = 0;
        another();
        assertThat(circus.memory).as("nobody has stopped it").isEqualTo(memory);
        command = "first start";
        by = "circusd";
        lastAsked = Json.seconds(circus.now());
        Flapping next = another();
        assertThat(circus.memory).as("its turn to be started has not come").isEqualTo(memory);
        circus.tell(next, "Web App", "spawn", Map.of());
        circus.tell(next, "Web App", "start", Map.of());
        assertThat(circus.memory).isEqualTo(memory);
        command = "stop Web App";
        by = "uid 0";
        another();
        assertThat(circus.memory).as("somebody has stopped it").isEmpty();
    }

    @Test
    void a_memory_that_is_odd_and_a_clock_that_was_set_do_no_harm() throws Exception {
        circus.memory = "nonsense";
        another();
        assertThat(circus.memory).isEmpty();
        dies(3);
        tell("stop");
        lastAsked = Json.seconds(circus.now());
        circus.setClock(Duration.ofDays(-1));
        another();
        circus.pass(Duration.ofSeconds(2));
        assertThat(circus.orders()).containsExactly("stop Web App", "start Web App");
    }

    @Test
    void what_has_been_calm_is_forgotten() throws Exception {
        dies(2);
        assertThat(plugin.remembered()).isEqualTo(1);
        circus.pass(Duration.ofMinutes(3));
        assertThat(plugin.remembered()).isZero();
    }
}
