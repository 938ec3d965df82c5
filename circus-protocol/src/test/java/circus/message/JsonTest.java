package circus.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTest {
    private static @Nullable Object read(String text) throws JsonException {
        return Json.read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whole_numbers_are_longs_and_others_doubles() throws Exception {
        assertThat(read("[1, -2, 3.0, 1e3, 9223372036854775807, 9223372036854775808]"))
                .isEqualTo(List.of(1L, -2L, 3.0, 1000.0, Long.MAX_VALUE, new BigInteger("9223372036854775808")));
    }

    @Test
    void a_repeated_key_keeps_its_place_and_takes_the_last_value() throws Exception {
        assertThat(Json.write(read("{\"a\": 1, \"b\": 2, \"a\": 3}"))).isEqualTo("{\"a\": 3, \"b\": 2}");
    }

    @Test
    void what_python_calls_numbers_can_be_read_and_written() throws Exception {
        assertThat(Json.write(read("[NaN, Infinity, -Infinity]"))).isEqualTo("[NaN, Infinity, -Infinity]");
    }

    @Test
    void text_is_written_in_ascii() throws Exception {
        String text = "gr\u00f6\u00dfe \u20ac \ud83d\ude00 \" \\ / \n\r\t\b\f \u0001 \u007f";
        String json = "\"gr\\u00f6\\u00dfe \\u20ac \\ud83d\\ude00 \\\" \\\\ / \\n\\r\\t\\b\\f \\u0001 \\u007f\"";
        assertThat(Json.write(text)).isEqualTo(json);
        assertThat(read(json)).isEqualTo(text);
    }

    @Test
    void half_a_surrogate_pair_survives() throws Exception {
        assertThat(Json.write(read("\"\\ud83d\""))).isEqualTo("\"\\ud83d\"");
    }

    @Test
    void empty_things_are_written_without_blanks() {
        assertThat(Json.write(Map.of("a", Map.of()))).isEqualTo("{\"a\": {}}");
        assertThat(Json.write(Arrays.asList(List.of(), null, true, ""))).isEqualTo("[[], null, true, \"\"]");
    }

    @Test
    void pretty_is_indented_and_sorted_at_every_level() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("status", "ok");
        object.put("empty", List.of());
        object.put("infos", Map.of("b", List.of(1, Map.of()), "a", 1.5));
        assertThat(Json.pretty(object)).isEqualTo("""
                        {
                          "empty": [],
                          "infos": {
                            "a": 1.5,
                            "b": [
                              1,
                              {}
                            ]
                          },
                          "status": "ok"
                        }""");
    }

    @Test
    void an_object_that_is_something_else_is_refused() {
        assertThatThrownBy(() -> Json.readObject("[]")).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.readObject("")).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.readObject("{} {}")).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.write(new Object())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_instant_is_seconds_with_a_fraction() {
        assertThat(Json.write(Json.seconds(Instant.ofEpochSecond(1795209277L, 33_375_500))))
                .isEqualTo("1795209277.0333755");
    }
}
