package circus.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Replies against what Circus 0.19.0 sent, byte for byte (contract/commands.md). */
class ReplyTest {
    /** Captured text, the reply that must make it, its id. */
    static Stream<Arguments> captured() {
        return Stream.of(
                Arguments.of(
                        "{\"status\": \"ok\", \"time\": 1795209277.0320327, \"watchers\": [\"circusd-stats\", \"exiter\", \"failhook\", \"noauto\", \"shelly two\", \"single\", \"sleeper\"], \"id\": \"1\"}",
                        Reply.ok(
                                "watchers",
                                List.of(
                                        "circusd-stats",
                                        "exiter",
                                        "failhook",
                                        "noauto",
                                        "shelly two",
                                        "single",
                                        "sleeper")),
                        "1"),
                Arguments.of(
                        "{\"status\": \"ok\", \"time\": 1795209277.032964, \"pids\": [8418, 8419], \"id\": \"2\"}",
                        Reply.ok("pids", List.of(8418, 8419)),
                        "2"),
                Arguments.of(
                        "{\"status\": \"ok\", \"time\": 1795209277.034468, \"numprocesses\": 2, \"watcher_name\": \"sleeper\", \"id\": {\"a\": 1}}",
                        new Reply.Ok(fields("numprocesses", 2, "watcher_name", "sleeper")),
                        Map.of("a", 1)),
                Arguments.of(
                        "{\"status\": \"ok\", \"time\": 1795209277.0337744, \"numwatchers\": 7, \"id\": null}",
                        Reply.ok("numwatchers", 7),
                        null),
                Arguments.of(
                        "{\"status\": \"ok\", \"time\": 1795209277.0348268, \"statuses\": {\"Shelly Two\": \"active\", \"exiter\": \"stopped\"}, \"id\": 7}",
                        Reply.ok("statuses", fields("Shelly Two", "active", "exiter", "stopped")),
                        7),
                Arguments.of(
                        "{\"status\": \"stopped\", \"time\": 1795209277.0351799, \"id\": 8}",
                        Reply.ok("status", "stopped"),
                        8),
                Arguments.of(
                        "{\"status\": \"ok\", \"time\": 1795209466.404296, \"numprocesses\": 5, \"id\": 2}",
                        Reply.ok("numprocesses", 5L),
                        2),
                Arguments.of("{\"status\": \"ok\", \"time\": 1795209465.8788295, \"id\": 1}", Reply.ok(), 1L),
                Arguments.of(
                        "{\"status\": \"ok\", \"time\": 1795209470.034475, \"numprocesses\": 1, \"singleton\": true, \"id\": 9}",
                        new Reply.Ok(fields("numprocesses", 1, "singleton", true)),
                        9),
                Arguments.of(
                        "{\"status\": \"ok\", \"time\": 1795209526.5809026, \"info\": {\"started\": [], \"kept\": [18406, 18407]}, \"id\": 4}",
                        Reply.ok("info", fields("started", List.of(), "kept", List.of(18406, 18407))),
                        4),
                Arguments.of(
                        "{\"status\": \"ok\", \"time\": 1795209527.4052508, \"info\": {\"stopped\": [18406, 18407], \"started\": [18408, 18409], \"kept\": []}, \"id\": 5}",
                        Reply.ok(
                                "info",
                                fields(
                                        "stopped",
                                        List.of(18406, 18407),
                                        "started",
                                        List.of(18408, 18409),
                                        "kept",
                                        List.of())),
                        5),
                Arguments.of(
                        "{\"status\": \"ok\", \"time\": 1795209530.3047945, \"info\": null, \"id\": 10}",
                        Reply.ok("info", null),
                        10),
                Arguments.of("{\"status\": \"ok\", \"time\": 1795209785.7136807, \"id\": 1}", Reply.ok(), 1),
                Arguments.of(
                        "{\"status\": \"ok\", \"time\": 1795209432.0276296, \"options\": {\"cmd\": \"sleep 1000\", \"numprocesses\": 2, \"env\": {\"__name__\": \"env:sleeper\", \"FOO\": \"bar\", \"BAZ\": \"qux\", \"HOMEY\": \"/root\"}, \"stop_signal\": 15}, \"id\": 6}",
                        Reply.ok(
                                "options",
                                fields(
                                        "cmd",
                                        "sleep 1000",
                                        "numprocesses",
                                        2,
                                        "env",
                                        fields("__name__", "env:sleeper", "FOO", "bar", "BAZ", "qux", "HOMEY", "/root"),
                                        "stop_signal",
                                        15)),
                        6),
                Arguments.of(
                        "{\"status\": \"error\", \"reason\": \"program nope not found\", \"tb\": null, \"time\": 1795209277.0333755, \"errno\": 3, \"id\": \"3\"}",
                        CommandException.programNotFound("nope").reply(),
                        "3"),
                Arguments.of(
                        "{\"status\": \"error\", \"reason\": \"unknown command: 'bogus'\", \"tb\": null, \"time\": 1795209277.0364006, \"errno\": 2, \"id\": 11}",
                        CommandException.unknownCommand("bogus").reply(),
                        11),
                Arguments.of(
                        "{\"status\": \"error\", \"reason\": \"arbiter is already running watcher_restart command\", \"tb\": null, \"time\": 1795209531.302977, \"errno\": 5, \"id\": 15}",
                        CommandException.conflict("watcher_restart").reply(),
                        15),
                Arguments.of(
                        "{\"status\": \"error\", \"reason\": \"json invalid\", \"tb\": null, \"time\": 1795209407.2945626, \"errno\": 1, \"id\": null}",
                        new Reply.Failed(ErrorCode.INVALID_JSON, ErrorCode.INVALID_JSON.words(), null),
                        null));
    }

    @ParameterizedTest
    @MethodSource("captured")
    void a_reply_is_written_as_circus_writes_it(String captured, Reply reply, Object id) {
        assertThat(new String(reply.encode(id, timeIn(captured)), StandardCharsets.US_ASCII))
                .isEqualTo(captured);
    }

    @ParameterizedTest
    @MethodSource("captured")
    void reading_and_writing_changes_nothing(String captured, Reply reply, Object id) throws Exception {
        assertThat(Json.write(Json.read(captured.getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo(captured);
    }

    @Test
    void process_infos_are_written_as_circus_writes_them() throws Exception {
        String captured =
                "{\"status\": \"ok\", \"time\": 1795209432.1535, \"name\": \"Shelly Two\", \"info\": {\"8414\": {\"mem_info1\": \"1.60M\", \"mem_info2\": \"2.53M\", \"cpu\": 0.0, \"mem\": 0.007, \"ctime\": \"0:00.0\", \"pid\": 8414, \"username\": \"root\", \"nice\": 0, \"create_time\": 1795209262.23, \"age\": 169.25037169456482, \"cmdline\": \"sh\", \"children\": [], \"started\": 1795209262.9015794, \"wid\": 1}}, \"id\": 2}";
        Map<String, Object> info = fields(
                "mem_info1",
                "1.60M",
                "mem_info2",
                "2.53M",
                "cpu",
                0.0,
                "mem",
                0.007,
                "ctime",
                "0:00.0",
                "pid",
                8414,
                "username",
                "root",
                "nice",
                0,
                "create_time",
                1795209262.23,
                "age",
                169.25037169456482,
                "cmdline",
                "sh",
                "children",
                List.of(),
                "started",
                1795209262.9015794,
                "wid",
                1);
        Reply reply = new Reply.Ok(fields("name", "Shelly Two", "info", Map.of("8414", info)));
        assertThat(new String(reply.encode(2, timeIn(captured)), StandardCharsets.US_ASCII))
                .isEqualTo(captured);
        assertThat(Json.write(Json.read(captured.getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo(captured);
    }

    @Test
    void a_trace_is_told_when_there_is_one() {
        Reply reply = new Reply.Failed(ErrorCode.COMMAND_ERROR, "no", "at line 1\nat line 2");
        assertThat(new String(reply.encode(null, Instant.EPOCH), StandardCharsets.US_ASCII))
                .isEqualTo(
                        "{\"status\": \"error\", \"reason\": \"no\", \"tb\": \"at line 1\\nat line 2\", \"time\": 0.0, \"errno\": 5, \"id\": null}");
    }

    @Test
    void error_numbers_are_those_of_circus() {
        List<String> numbered = new ArrayList<>();
        for (ErrorCode code : ErrorCode.values()) {
            numbered.add(code.errno() + " " + code);
        }
        assertThat(numbered)
                .containsExactly(
                        "0 NOT_SPECIFIED",
                        "1 INVALID_JSON",
                        "2 UNKNOWN_COMMAND",
                        "3 MESSAGE_ERROR",
                        "4 OS_ERROR",
                        "5 COMMAND_ERROR",
                        "6 BAD_MSG_DATA_ERROR");
        assertThat(CommandException.serverError().reply())
                .isEqualTo(new Reply.Failed(ErrorCode.BAD_MSG_DATA_ERROR, "server error", null));
        assertThat(CommandException.missing("name").reply())
                .isEqualTo(new Reply.Failed(ErrorCode.MESSAGE_ERROR, "message invalid 'name' is missing", null));
    }

    private static Map<String, Object> fields(Object... keysAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            fields.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        assertThat(fields).hasSize(Arrays.asList(keysAndValues).size() / 2);
        return fields;
    }

    private static Instant timeIn(String captured) {
        String text = captured.replaceFirst(".*?\"time\": ([0-9.]+).*", "$1");
        return Instant.ofEpochSecond(0, new BigDecimal(text).movePointRight(9).longValueExact());
    }
}
