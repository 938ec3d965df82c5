package circus.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {
    private static Request decode(String body) throws BadRequestException {
        return Request.decode(body.getBytes(StandardCharsets.UTF_8));
    }

    private static BadRequestException refused(String body) {
        return catchThrowableOfType(BadRequestException.class, () -> decode(body));
    }

    @Test
    void a_request_of_the_contract_is_read() throws Exception {
        Request request = decode(
                "{\"command\":\"incr\",\"properties\":{\"name\":\"sleeper\",\"nb\":2,\"waiting\":true},\"id\":2}");
        assertThat(request)
                .isEqualTo(new Request(2L, "incr", Map.of("name", "sleeper", "nb", 2L, "waiting", true), false));
    }

    @Test
    void blanks_around_a_body_do_not_matter() throws Exception {
        assertThat(decode(" \r\n{\"command\": \"list\"}\t\n").command()).isEqualTo("list");
    }

    @Test
    void properties_keep_the_order_in_which_they_were_sent() throws Exception {
        Request request = decode("{\"command\":\"x\",\"properties\":{\"z\":1,\"a\":2,\"m\":3}}");
        assertThat(request.properties().keySet()).containsExactly("z", "a", "m");
    }

    @Test
    void the_id_may_be_any_value_and_may_be_absent() throws Exception {
        assertThat(decode("{\"command\":\"x\"}").id()).isNull();
        assertThat(decode("{\"command\":\"x\",\"id\":{\"a\":[1.5,null]}}").id())
                .isEqualTo(Map.of("a", java.util.Arrays.asList(1.5, null)));
    }

    @Test
    void only_the_word_cast_makes_a_cast() throws Exception {
        assertThat(decode("{\"command\":\"x\",\"msg_type\":\"cast\"}").cast()).isTrue();
        assertThat(decode("{\"command\":\"x\",\"msg_type\":\"call\"}").cast()).isFalse();
        assertThat(decode("{\"command\":\"x\",\"msg_type\":1}").cast()).isFalse();
    }

    @Test
    void top_level_waiting_and_other_keys_are_ignored() throws Exception {
        assertThat(decode("{\"command\":\"x\",\"waiting\":true,\"propeties\":{}}")
                        .properties())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage",
                "{",
                "{\"command\":\"list\"} x",
                "{'command':'list'}",
                "\u0000",
                "{\"command\": \"\\x\"}"
            })
    void what_is_no_json_is_answered_with_errno_1_and_no_id(String body) {
        BadRequestException refused = refused(body);
        assertThat(new String(
                        refused.reply().encode(refused.id(), Instant.ofEpochSecond(1)), StandardCharsets.US_ASCII))
                .isEqualTo(
                        "{\"status\": \"error\", \"reason\": \"json invalid\", \"tb\": null, \"time\": 1.0, \"errno\": 1, \"id\": null}");
    }

    @Test
    void bytes_that_are_no_utf_8_are_no_json() {
        byte[] body = {'{', '"', (byte) 0xff, '"', ':', '1', '}'};
        assertThat(catchThrowableOfType(BadRequestException.class, () -> Request.decode(body))
                        .code())
                .isEqualTo(ErrorCode.INVALID_JSON);
    }

    @Test
    void a_thousand_brackets_too_many_are_no_json() {
        assertThat(refused("[".repeat(100_000)).code()).isEqualTo(ErrorCode.INVALID_JSON);
        assertThat(refused("{\"command\":" + "[".repeat(2000) + "]".repeat(2000) + "}")
                        .code())
                .isEqualTo(ErrorCode.INVALID_JSON);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                                      | empty command",
                "`  \t\r\n`                              | empty command",
                "[1,2]                                   | message invalid: expected an object, not a list",
                "\"str\"                                 | message invalid: expected an object, not a string",
                "null                                    | message invalid: expected an object, not null",
                "12                                      | message invalid: expected an object, not 12",
            })
    void what_is_no_object_is_answered_with_errno_3_and_no_id(String body, String reason) {
        BadRequestException refused = refused(body);
        assertThat(refused.code()).isEqualTo(ErrorCode.MESSAGE_ERROR);
        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(refused.id()).isNull();
        assertThat(refused.cast()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'id':15}                                         | message invalid 'command' is missing",
                "{'id':15,'command':null}                          | 'command' isn't a string",
                "{'id':15,'command':['list']}                      | 'command' isn't a string",
                "{'id':15,'command':'list','properties':null}      | 'properties' isn't an object",
                "{'id':15,'command':'list','properties':[]}        | 'properties' isn't an object",
                "{'id':15,'command':'list','properties':'name'}    | 'properties' isn't an object",
            },
            quoteCharacter = '`')
    void a_malformed_object_is_answered_with_errno_3_and_its_id(String body, String reason) {
        BadRequestException refused = refused(body.replace('\'', '"'));
        assertThat(refused.code()).isEqualTo(ErrorCode.MESSAGE_ERROR);
        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(refused.id()).isEqualTo(15L);
    }

    @Test
    void a_malformed_cast_gets_no_answer_either() {
        assertThat(refused("{\"msg_type\":\"cast\"}").cast()).isTrue();
    }

    @Test
    void a_request_is_written_as_circus_writes_it() {
        Request request =
                new Request("6a52", "get", new java.util.LinkedHashMap<>(Map.of("keys", List.of("cmd"))), false);
        assertThat(new String(request.encode(), StandardCharsets.US_ASCII))
                .isEqualTo("{\"command\": \"get\", \"properties\": {\"keys\": [\"cmd\"]}, \"id\": \"6a52\"}");
        assertThat(new String(new Request(null, "stop", Map.of(), true).encode(), StandardCharsets.US_ASCII))
                .isEqualTo("{\"command\": \"stop\", \"msg_type\": \"cast\", \"properties\": {}}");
    }
}
