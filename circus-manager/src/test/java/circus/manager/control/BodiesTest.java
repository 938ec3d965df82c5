package circus.manager.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies that a request should not have: each is answered, and the same peer goes on to be served (Q1 of contract/python-quirks.md). */
@Timeout(60)
class BodiesTest {
    private final Served served = new Served();

    BodiesTest() throws IOException, InterruptedException {}

    @AfterEach
    void end() throws InterruptedException {
        served.close();
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void every_body_gets_one_answer_and_the_next_request_too(String what, byte[] body, String answer)
            throws IOException {
        try (RawPeer dealer = served.dealer()) {
            dealer.send(body);
            assertThat(dealer.receive()).as(what).singleElement().asString().contains(answer);
            dealer.send("{\"command\": \"numwatchers\", \"id\": \"after\"}");
            assertThat(dealer.receive()).as(what).singleElement().asString().contains("\"id\": \"after\"");
        }
    }

    private static Arguments body(String what, String body, String answer) {
        return Arguments.of(what, body.getBytes(StandardCharsets.ISO_8859_1), answer);
    }

    static Stream<Arguments> bodies() {
        String invalid = "\"reason\": \"json invalid\", \"tb\": null, ";
        String list = "{\"command\": \"list\", \"id\": ";
        return Stream.of(
                body("blank", " \t\r\n", "\"empty command\""),
                body("a zero", "\0", invalid),
                body("not UTF-8", list + "\"\u00e9\"}", invalid),
                body("cut off", list + "1", invalid),
                body("something behind", list + "1} x", invalid),
                body("nested deeply", list + "[".repeat(199) + "]".repeat(199) + "}", "\"watchers\": [\"web\"]"),
                body("nested too deeply", list + "[".repeat(200) + "]".repeat(200) + "}", invalid),
                body("nested without end", "{\"a\":".repeat(80_000), invalid),
                body("a huge number", list + "9".repeat(5_000) + "}", invalid),
                body("a text", "\"list\"", "expected an object, not a string"),
                body("null", "null", "expected an object, not null"),
                body("no command", "{\"id\": 4}", "\"message invalid 'command' is missing\""),
                body("another command", "{\"command\": [], \"id\": 4}", "\"'command' isn't a string\""),
                body("properties null", list + "1, \"properties\": null}", "\"'properties' isn't an object\""),
                body("properties a list", list + "1, \"properties\": []}", "\"'properties' isn't an object\""),
                body("any id", list + "{\"a\": [1, null, -Infinity]}}", "\"id\": {\"a\": [1, null, -Infinity]}}"),
                body("long", list + "\"" + "x".repeat((1 << 19) - 40) + "\"}", "xxx\"}"),
                body("repeated keys", list + "1, \"id\": 2}", "\"id\": 2}"));
    }

    @Test
    void a_message_that_is_too_long_ends_the_connection_and_nobody_else_s() throws IOException {
        try (RawPeer other = served.dealer()) {
            try (RawPeer dealer = served.dealer()) {
                assertThatThrownBy(() -> {
                            dealer.send("{\"command\": \"list\", \"id\": \"" + "x".repeat(1 << 19) + "\"}");
                            dealer.receive();
                        })
                        .isInstanceOf(IOException.class);
            }
            other.send("{\"command\": \"numwatchers\"}");
            assertThat(other.receive().get(0)).contains("\"numwatchers\": 1");
        }
    }
}
