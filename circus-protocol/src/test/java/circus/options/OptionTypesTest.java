package circus.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OptionTypesTest {
    @ParameterizedTest
    @ValueSource(strings = {"yes", "TRUE", " On ", "1"})
    void circus_knows_four_words_for_true(String text) throws BadValueException {
        assertThat(OptionTypes.BOOLEAN.parse(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no", "False", " off", "0"})
    void circus_knows_four_words_for_false(String text) throws BadValueException {
        assertThat(OptionTypes.BOOLEAN.parse(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"maybe", "", "y", "t", "2"})
    void nothing_else_is_a_boolean(String text) {
        rejects(OptionTypes.BOOLEAN, text, "'" + text + "' is not a boolean (write yes or no)");
    }

    @ParameterizedTest
    @CsvSource({"3,3", "' +4 ',4", "-1,-1", "1_0,10", "007,7", "2147483647,2147483647"})
    void integers_are_read_as_python_reads_them(String text, int number) throws BadValueException {
        assertThat(OptionTypes.INTEGER.parse(text)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"two", "1.5", "", "0x4", "1__0", "_1", "1_", "+-1", "3 # three"})
    void what_python_does_not_take_for_an_integer_is_none(String text) {
        rejects(OptionTypes.INTEGER, text, "'" + text + "' is not an integer");
    }

    @Test
    void an_integer_has_32_bits() {
        rejects(OptionTypes.INTEGER, "2147483648", "'2147483648' is too large an integer");
    }

    @ParameterizedTest
    @CsvSource({"30,30", "0.25,0.25", "1e-1,0.1", "5.,5", ".5,0.5", "1_0.5,10.5", "' 2 ',2", "0,0"})
    void seconds_are_read_as_python_reads_a_float(String text, double seconds) throws BadValueException {
        assertThat(OptionTypes.SECONDS.parse(text)).isEqualTo(seconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "nan", "inf", "1,5", "."})
    void seconds_are_a_number(String text) {
        rejects(OptionTypes.SECONDS, text, "'" + text + "' is not a number of seconds");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-0.5", "1e999"})
    void seconds_can_be_waited(String text) {
        rejects(OptionTypes.SECONDS, text, "'" + text + "' is not a number of seconds from 0 on");
    }

    @Test
    void a_period_is_not_zero() {
        rejects(OptionTypes.PERIOD, "0", "'0' is not a number of seconds above 0");
        assertThatExceptionOfType(BadValueException.class).isThrownBy(() -> OptionTypes.PERIOD.fromJson(0.0));
    }

    @Test
    void a_delay_is_an_integer_in_json_as_long_as_it_is_one() throws BadValueException {
        assertThat(OptionTypes.DELAY.toJson(3.0)).isEqualTo(3L);
        assertThat(OptionTypes.DELAY.toJson(0.5)).isEqualTo(0.5);
        assertThat(OptionTypes.SECONDS.toJson(3.0)).isEqualTo(3.0);
        assertThat(OptionTypes.DELAY.fromJson(1)).isEqualTo(1.0);
    }

    @ParameterizedTest
    @CsvSource({"002,2", "22,18", "0o22,18", "0,0", "777,511"})
    void a_mask_is_octal_with_and_without_a_prefix(String text, int mask) throws BadValueException {
        assertThat(OptionTypes.MASK.parse(text)).isEqualTo(mask);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9", "", "-2", "1000", "rw"})
    void a_mask_has_three_octal_digits(String text) {
        rejects(OptionTypes.MASK, text, "'" + text + "' is not an octal mask (000 to 777)");
    }

    @Test
    void an_empty_text_is_no_mask_where_there_may_be_none() throws BadValueException {
        assertThat(OptionTypes.OPTIONAL_MASK.parse("")).isEmpty();
        assertThat(OptionTypes.OPTIONAL_TEXT.parse("")).contains("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "65536"})
    void a_port_has_16_bits(String text) {
        rejects(OptionTypes.PORT, text, "'" + text + "' is not a port (0 to 65535)");
    }

    @Test
    void a_service_name_is_no_port() {
        rejects(OptionTypes.PORT, "http", "'http' is not an integer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp://127.0.0.1:5555",
                "tcp://*:0",
                "tcp://[::1]:5555",
                "tcp://host.example:1",
                "ipc:///run/c.sock",
                "tcp://h:*"
            })
    void endpoints_are_addresses_and_paths(String text) throws BadValueException {
        assertThat(OptionTypes.ENDPOINT.parse(text)).isEqualTo(text);
        assertThat(OptionTypes.OPTIONAL_ENDPOINT.parse(text)).contains(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5555",
                "tcp://127.0.0.1",
                "tcp://127.0.0.1:65536",
                "tcp://:5555",
                "udp://127.0.0.1:1",
                "ipc://",
                "tcp://a:$(circus.env.P)"
            })
    void nothing_else_is_an_endpoint(String text) {
        rejects(OptionTypes.ENDPOINT, text, "'" + text + "' is not an endpoint (tcp://HOST:PORT or ipc://PATH)");
    }

    @Test
    void log_levels_are_those_of_circus_in_any_case() throws BadValueException {
        assertThat(OptionTypes.LOG_LEVEL.parse("Warning")).contains("Warning");
        rejects(OptionTypes.LOG_LEVEL, "loud", "'loud' is not a log level (critical, error, warning, info, debug)");
    }

    @Test
    void families_and_types_of_sockets_are_closed_lists() {
        rejects(OptionTypes.FAMILY, "inet", "'inet' is not a known address family (AF_INET, AF_INET6, AF_UNIX)");
        rejects(
                OptionTypes.SOCKET_TYPE,
                "BOGUS",
                "'BOGUS' is not a known socket type (SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET)");
    }

    @Test
    void a_variable_has_a_name() {
        rejects(OptionTypes.ENVIRONMENT, "A=1,=2", "'=2' is not NAME=VALUE");
        rejects(OptionTypes.ENVIRONMENT, "A", "'A' is not NAME=VALUE");
    }

    @Test
    void names_are_separated_by_any_blanks() throws BadValueException {
        assertThat(OptionTypes.NAMES.parse("  ")).isEmpty();
        assertThat(OptionTypes.NAMES.parse("a\nb\t c")).containsExactly("a", "b", "c");
    }

    @Test
    void arguments_may_be_text_or_a_list_or_nothing() throws BadValueException {
        assertThat(OptionTypes.ARGUMENTS.fromJson("a b")).isEqualTo(new Arguments.Text("a b"));
        assertThat(OptionTypes.ARGUMENTS.fromJson(List.of("a b", "c")))
                .isEqualTo(new Arguments.Words(List.of("a b", "c")));
        assertThat(OptionTypes.ARGUMENTS.fromJson(null)).isEqualTo(new Arguments.None());
        assertThat(OptionTypes.ARGUMENTS.toJson(new Arguments.Words(List.of("a"))))
                .isEqualTo(List.of("a"));
        assertThat(OptionTypes.ARGUMENTS.toJson(new Arguments.None())).isNull();
    }

    @Test
    void an_id_may_be_a_number() throws BadValueException {
        assertThat(WatcherOptions.UID.fromJson(1000L)).isEqualTo(Optional.of("1000"));
        assertThat(WatcherOptions.UID.fromJson(null)).isEmpty();
        complains(WatcherOptions.UID, 1.5, "'uid' isn't an integer or string");
    }

    @Test
    void a_command_is_told_what_circus_tells() {
        complains(WatcherOptions.NUMPROCESSES, "3", "'numprocesses' isn't an integer");
        complains(WatcherOptions.NUMPROCESSES, 3.0, "'numprocesses' isn't an integer");
        complains(WatcherOptions.NUMPROCESSES, true, "'numprocesses' isn't an integer");
        complains(WatcherOptions.NUMPROCESSES, null, "'numprocesses' isn't an integer");
        complains(WatcherOptions.NUMPROCESSES, 1L << 40, "'numprocesses' isn't an integer");
        complains(WatcherOptions.NUMPROCESSES, BigInteger.ONE.shiftLeft(80), "'numprocesses' isn't an integer");
        complains(WatcherOptions.STOP_SIGNAL, 65, "'stop_signal' isn't an integer");
        complains(WatcherOptions.GRACEFUL_TIMEOUT, "5", "'graceful_timeout' isn't a number");
        complains(WatcherOptions.GRACEFUL_TIMEOUT, -1, "'graceful_timeout' isn't a number");
        complains(WatcherOptions.RESPAWN, "yes", "'respawn' isn't a valid boolean");
        complains(WatcherOptions.ENV, "A=b", "'env' isn't a valid object");
        complains(WatcherOptions.ENV, Map.of("K", 1), "'K' isn't a string");
        complains(WatcherOptions.CMD, 5, "'cmd' isn't a string");
        complains(WatcherOptions.ARGS, List.of(1), "'args' isn't a string or a list");
        complains(CircusOptions.LOGLEVEL, "loud", "'loglevel' isn't a log level");
        complains(CircusOptions.UMASK, 512, "'umask' isn't an integer");
        complains(CircusOptions.ENDPOINT, "x", "'endpoint' isn't an endpoint");
        complains(SocketOptions.FAMILY, "inet", "'family' isn't a known address family");
        complains(SocketOptions.PORT, 70000, "'port' isn't a port");
        complains(CircusOptions.INCLUDE, "a", "'include' isn't a list of strings");
    }

    private static void rejects(OptionType<?> type, String text, String message) {
        assertThatExceptionOfType(BadValueException.class)
                .isThrownBy(() -> type.parse(text))
                .withMessage(message);
    }

    private static void complains(Option<?> option, @Nullable Object json, String message) {
        assertThatExceptionOfType(BadValueException.class)
                .isThrownBy(() -> option.fromJson(json))
                .withMessage(message);
    }
}
