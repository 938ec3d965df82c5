package circus.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Events against what Circus 0.19.0 published, byte for byte (contract/events-and-stats.md §1). */
class EventTest {
    private static Instant at(String time) {
        return Instant.ofEpochSecond(0, new BigDecimal(time).movePointRight(9).longValueExact());
    }

    private static String shown(Event event) {
        return new String(event.topicBytes(), StandardCharsets.UTF_8) + " "
                + new String(event.body(1795209527101116L), StandardCharsets.US_ASCII);
    }

    @Test
    void the_events_of_a_restart_are_those_of_circus() {
        assertThat(shown(Event.of("sleeper", EventKind.KILL, 18406, at("1795209527.1011164"))))
                .isEqualTo(
                        "watcher.sleeper.kill {\"process_pid\": 18406, \"time\": 1795209527.1011164, \"seq\": 1795209527101116}");
        assertThat(shown(Event.reap("sleeper", 18406, at("1795209527.202763"), -15)))
                .isEqualTo(
                        "watcher.sleeper.reap {\"process_pid\": 18406, \"time\": 1795209527.202763, \"exit_code\": -15, \"seq\": 1795209527101116}");
        assertThat(shown(Event.of("sleeper", EventKind.STOP, at("1795209527.2029734"))))
                .isEqualTo("watcher.sleeper.stop {\"time\": 1795209527.2029734, \"seq\": 1795209527101116}");
        assertThat(shown(Event.of("sleeper", EventKind.SPAWN, 18408, at("1795209527.2031448"))))
                .isEqualTo(
                        "watcher.sleeper.spawn {\"process_pid\": 18408, \"time\": 1795209527.2031448, \"seq\": 1795209527101116}");
        assertThat(shown(Event.of("sleeper", EventKind.START, at("1795209527.4049673"))))
                .isEqualTo("watcher.sleeper.start {\"time\": 1795209527.4049673, \"seq\": 1795209527101116}");
    }

    @Test
    void every_end_of_a_process_is_told_with_its_reason() {
        assertThat(shown(Event.exit("web", 7, at("1.5"), 3, "died")))
                .isEqualTo(
                        "watcher.web.exit {\"process_pid\": 7, \"time\": 1.5, \"exit_code\": 3, \"reason\": \"died\", \"seq\": 1795209527101116}");
        assertThat(shown(Event.exit("web", 7, at("1.5"), null, "lost")))
                .isEqualTo(
                        "watcher.web.exit {\"process_pid\": 7, \"time\": 1.5, \"exit_code\": null, \"reason\": \"lost\", \"seq\": 1795209527101116}");
    }

    @Test
    void a_topic_is_in_lower_case_with_underscores_for_blanks_and_nothing_else_changed() {
        assertThat(Event.of("Shelly Two", EventKind.START, Instant.EPOCH).topic())
                .isEqualTo("watcher.shelly_two.start");
        assertThat(Event.of("plugin:flapping", EventKind.SPAWN, 1, Instant.EPOCH)
                        .topic())
                .isEqualTo("watcher.plugin:flapping.spawn");
        assertThat(Event.of("a.b", EventKind.HOOK_SUCCESS, Instant.EPOCH).topic())
                .isEqualTo("watcher.a.b.hook_success");
    }

    @Test
    void a_topic_tells_its_watcher_and_its_kind() {
        assertThat(Event.watcherOf("watcher.a.b.hook_success")).isEqualTo("a.b");
        assertThat(Event.kindOf("watcher.a.b.hook_success")).isEqualTo("hook_success");
        assertThat(Event.watcherOf("watcher.start")).isEmpty();
        assertThat(Event.watcherOf("")).isEmpty();
        assertThat(Event.kindOf("")).isEmpty();
    }

    @Test
    void the_keys_of_each_kind_are_those_that_it_declares() {
        for (Event event : List.of(
                Event.of("web", EventKind.START, Instant.EPOCH),
                Event.of("web", EventKind.KILL, 7, Instant.EPOCH),
                Event.reap("web", 7, Instant.EPOCH, 0),
                Event.exit("web", 7, Instant.EPOCH, 0, "died"),
                Event.hook("web", "before_start", Instant.EPOCH, Optional.empty()),
                Event.hook("web", "before_start", Instant.EPOCH, Optional.of("no")))) {
            assertThat(event.payload().keySet())
                    .containsExactlyElementsOf(event.kind().keys());
        }
    }

    @Test
    void the_words_of_events_are_never_changed() {
        List<String> words = new ArrayList<>();
        for (EventKind kind : EventKind.values()) {
            words.add(kind.word());
            assertThat(EventKind.find(kind.word().toUpperCase(Locale.ROOT))).contains(kind);
        }
        assertThat(words)
                .containsExactly(
                        "spawn",
                        "reap",
                        "kill",
                        "start",
                        "stop",
                        "reload",
                        "updated",
                        "add",
                        "remove",
                        "hook_success",
                        "hook_failure",
                        "exit");
    }
}
