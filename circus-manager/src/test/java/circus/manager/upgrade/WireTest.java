package circus.manager.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one circusd says to another: every byte of it may be wrong. */
@Timeout(60)
class WireTest {
    private static long soon() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    }

    @Test
    void lines_are_received_as_they_were_sent() throws IOException {
        try (Ends ends = new Ends()) {
            ends.send("{\"say\": \"a\", \"number\": 7, \"text\": \"x\"");
            ends.send("}\n{\"say\": \"b\"}\n");
            Wire.Message first = ends.wire.await(soon());
            assertThat(first.say()).isEqualTo("a");
            assertThat(first.number("number")).isEqualTo(7);
            assertThat(ends.wire.await(soon()).say()).isEqualTo("b");
            ends.wire.send("c", Map.of("d", "e"));
            assertThat(ends.await("say")).isEqualTo("{\"say\": \"c\", \"d\": \"e\"}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\n", "\n", "[]\n", "7\n", "\u00ff\u00fe\n", "{\"say\": \"a\"\n", "\u0000\n"})
    void what_is_no_object_ends_the_connection_with_a_reason(String bytes) throws IOException {
        try (Ends ends = new Ends()) {
            ends.say("before");
            ends.send(bytes);
            assertThat(ends.wire.await(soon()).say()).isEqualTo("before");
            assertThatThrownBy(() -> ends.wire.await(soon())).hasMessageContaining("closed");
            assertThat(ends.wire.isOver()).isTrue();
            assertThat(ends.wire.fault()).contains("cannot be understood");
        }
    }

    @Test
    void keys_of_another_kind_are_as_if_they_were_not_there() throws IOException {
        try (Ends ends = new Ends()) {
            ends.send("{\"say\": [], \"text\": 1, \"number\": \"x\", \"truth\": 1, \"body\": \"=\"}\n");
            Wire.Message odd = ends.wire.await(soon());
            assertThat(odd.text("text")).isEmpty();
            assertThat(odd.number("number")).isEqualTo(-1);
            assertThat(odd.truth("truth")).isFalse();
            assertThat(odd.bytes("body")).isEmpty();
        }
    }

    @Test
    void a_text_for_people_is_short_and_has_no_control_characters() throws IOException {
        try (Ends ends = new Ends()) {
            ends.send("{\"say\": \"a\", \"short\": \"\\u001b[31m\\u0007\\nred\", \"long\": \"" + "x".repeat(1 << 20)
                    + "\"}\n");
            Wire.Message shown = ends.wire.await(soon());
            assertThat(shown.shown("short")).isEqualTo("?[31m?\nred");
            assertThat(shown.shown("long")).hasSizeLessThan(100_000);
        }
    }

    @Test
    void a_line_without_end_ends_the_connection() throws IOException {
        try (Ends ends = new Ends()) {
            String much = "x".repeat(1 << 20);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            ends.send(much);
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> ends.wire.await(soon())).hasMessageContaining("closed");
        }
    }

    /** More than may wait, in lines that are all right: the sender waits, nothing is lost, and memory stays. */
    @Test
    void who_says_much_is_read_as_fast_as_he_is_listened_to() throws Exception {
        String line = "{\"say\": \"" + "y".repeat(1 << 20) + "\"}\n";
        int count = 100;
        try (Ends ends = new Ends()) {
            Thread sending = new Thread(() -> {
                try {
                    for (int i = 0; i < count; i++) {
                        ends.send(line);
                    }
                } catch (IOException broken) {
                    throw new IllegalStateException(broken);
                }
            });
            sending.start();
            sending.join(500); // it cannot come to its end before anybody listens
            assertThat(sending.isAlive()).isTrue();
            for (int i = 0; i < count; i++) {
                assertThat(ends.wire.await(soon()).say()).hasSize(1 << 20);
            }
            sending.join();
        }
    }

    @Test
    void who_does_not_read_is_cut_off() throws IOException {
        try (Ends ends = new Ends()) {
            String much = "z".repeat(1 << 20);
            for (int i = 0; i < 60; i++) {
                ends.wire.send("much", Map.of("text", much));
            }
            assertThatThrownBy(() -> ends.wire.await(soon())).hasMessageContaining("closed");
        }
    }

    @Test
    void the_last_words_of_who_has_gone_are_heard_also_when_it_cannot_be_told_anything_any_more() throws Exception {
        int lines = 30_000; // more than are taken at once
        try (Ends ends = new Ends()) {
            ends.send("{\"say\": \"a\"}\n".repeat(lines));
            ends.leave();
            ends.wire.send("b");
            while (ends.wire.isHeard()) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < lines; i++) {
                assertThat(ends.wire.await(soon()).say()).isEqualTo("a");
            }
            assertThatThrownBy(() -> ends.wire.await(soon())).hasMessageContaining("closed");
        }
    }
}
