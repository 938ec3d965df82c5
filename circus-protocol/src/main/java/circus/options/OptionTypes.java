package circus.options;

import circus.message.PythonText;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The types that options have. All are immutable; any thread may use them. */
final class OptionTypes {
    private static final List<String> TRUE = List.of("yes", "true", "on", "1");
    private static final List<String> FALSE = List.of("no", "false", "off", "0");
    private static final List<String> LOG_LEVELS = List.of("critical", "error", "warning", "info", "debug");

    static final OptionType<String> TEXT = new PlainType<>(
            "text", "isn't a string", text -> text, json -> json instanceof String text ? text : null, value -> value);

    /** Text, or nothing; an empty text is a text. */
    static final OptionType<Optional<String>> OPTIONAL_TEXT = new OptionalType<>(TEXT, false);

    /** A name or a number, kept as text; nothing when absent. */
    static final OptionType<Optional<String>> OPTIONAL_ID = new OptionalType<>(
            new PlainType<>(
                    "name or number", "isn't an integer or string", text -> text, OptionTypes::id, value -> value),
            false);

    static final OptionType<Integer> INTEGER = new PlainType<>(
            "integer", "isn't an integer", Numbers::integer, Numbers::integerOrNull, Integer::longValue);

    /** More than papa holds of processes cannot be asked for: a slip of the finger is not to fill the machine. */
    static final int MOST_PROCESSES = 32_768;

    static final OptionType<Integer> PROCESSES = new PlainType<>(
            "integer",
            "isn't an integer",
            text -> processes(Numbers.integer(text), "'" + text + "'"),
            json -> {
                Integer number = Numbers.integerOrNull(json);
                return number == null ? null : processes(number, "");
            },
            Integer::longValue);

    private static Integer processes(int number, String subject) throws BadValueException {
        if (number > MOST_PROCESSES) {
            throw new BadValueException(
                    (subject + " is more than the " + MOST_PROCESSES + " processes that can be").strip());
        }
        return number;
    }

    /** Where a ZeroMQ socket is bound. */
    static final OptionType<String> ENDPOINT = new PlainType<>(
            "endpoint",
            "isn't an endpoint",
            Endpoint::checked,
            json -> json instanceof String text && Endpoint.isOne(text) ? text : null,
            value -> value);

    static final OptionType<Optional<String>> OPTIONAL_ENDPOINT = new OptionalType<>(ENDPOINT, false);

    static final OptionType<Integer> PORT = ranged("port", "a port", 0, 65535);

    static final OptionType<Integer> BACKLOG = ranged("queue length", "a queue length", 0, 65535);

    static final OptionType<Boolean> BOOLEAN = new PlainType<>(
            "boolean",
            "isn't a valid boolean",
            OptionTypes::truth,
            json -> json instanceof Boolean truth ? truth : null,
            value -> value);

    /** Seconds, always a number with a fraction in JSON. */
    static final OptionType<Double> SECONDS =
            new PlainType<>("seconds", "isn't a number", Numbers::seconds, Numbers::secondsOrNull, value -> value);

    /** Seconds between two actions: an integer in JSON as long as it is one, since Circus's ini reader knows only integers here. */
    static final OptionType<Double> DELAY = new Delay();

    /** Seconds between two repetitions: not zero. */
    static final OptionType<Double> PERIOD = new PlainType<>(
            "seconds above 0", "isn't a number", OptionTypes::period, OptionTypes::periodOrNull, value -> value);

    /** Seconds between two rounds; below zero, as some files of Circus have it, means that there are none. */
    static final OptionType<Double> ROUND = new PlainType<>(
            "seconds", "isn't a number", Numbers::anySeconds, Numbers::anySecondsOrNull, value -> value);

    static final OptionType<Integer> SIGNAL = new PlainType<>(
            "signal",
            "isn't an integer",
            Signals::number,
            json -> signalOrNull(Numbers.integerOrNull(json)),
            Integer::longValue);

    /** A file mode mask: octal in text, a plain number in JSON. */
    static final OptionType<Integer> MASK = new PlainType<>(
            "octal mask",
            "isn't an integer",
            Numbers::mask,
            json -> maskOrNull(Numbers.integerOrNull(json)),
            Integer::longValue);

    static final OptionType<Optional<Integer>> OPTIONAL_MASK = new OptionalType<>(MASK, true);

    static final OptionType<Arguments> ARGUMENTS = new PlainType<>(
            "words",
            "isn't a string or a list",
            Arguments.Text::new,
            OptionTypes::arguments,
            OptionTypes::argumentsJson);

    /** Names separated by blanks. */
    static final OptionType<List<String>> NAMES = new PlainType<>(
            "names separated by blanks",
            "isn't a list of strings",
            text -> Stream.of(text.strip().split("\\s+"))
                    .filter(name -> !name.isEmpty())
                    .toList(),
            OptionTypes::strings,
            value -> value);

    /** Environment variables; as text {@code A=b,C=d}, which is how circusctl prints them. */
    static final OptionType<Map<String, String>> ENVIRONMENT = new PlainType<>(
            "variables", "isn't a valid object", OptionTypes::variables, OptionTypes::stringMap, value -> value);

    static final OptionType<Optional<String>> LOG_LEVEL = new OptionalType<>(
            new PlainType<>(
                    "log level",
                    "isn't a log level",
                    OptionTypes::logLevel,
                    json -> json instanceof String text && isLogLevel(text) ? text : null,
                    value -> value),
            false);

    static final OptionType<AuditFormat> AUDIT_FORMAT = new PlainType<>(
            "text or json",
            "isn't text or json",
            OptionTypes::auditFormat,
            json -> json instanceof String text ? AuditFormat.find(text).orElse(null) : null,
            AuditFormat::word);

    static final OptionType<KernelLoss> KERNEL_LOSS = new PlainType<>(
            "adopt or replace",
            "isn't adopt or replace",
            OptionTypes::kernelLoss,
            json -> json instanceof String text ? constantOrNull(KernelLoss.class, text) : null,
            KernelLoss::word);

    /** Where discovery is answered; nothing when it is switched off. */
    static final OptionType<String> DISCOVERY = new PlainType<>(
            "udp endpoint",
            "isn't udp://ADDRESS:PORT",
            Endpoint::checkedDiscovery,
            json -> json instanceof String text && Endpoint.isDiscovery(text) ? text : null,
            value -> value);

    static final OptionType<SocketFamily> FAMILY = oneOf("address family", SocketFamily.class);

    static final OptionType<SocketType> SOCKET_TYPE = oneOf("socket type", SocketType.class);

    private OptionTypes() {}

    private static boolean truth(String text) throws BadValueException {
        String word = text.strip().toLowerCase(Locale.ROOT);
        if (TRUE.contains(word)) {
            return true;
        }
        if (FALSE.contains(word)) {
            return false;
        }
        throw new BadValueException("'" + text + "' is not a boolean (write yes or no)");
    }

    private static OptionType<Integer> ranged(String name, String meaning, int least, int most) {
        return new PlainType<>(
                name,
                "isn't " + meaning,
                text -> Numbers.integer(text, least, most, meaning),
                json -> {
                    Integer number = Numbers.integerOrNull(json);
                    return number != null && number >= least && number <= most ? number : null;
                },
                Integer::longValue);
    }

    private static double period(String text) throws BadValueException {
        double seconds = Numbers.seconds(text);
        if (seconds == 0) {
            throw new BadValueException("'" + text + "' is not a number of seconds above 0");
        }
        return seconds;
    }

    private static @Nullable Double periodOrNull(@Nullable Object json) {
        Double seconds = Numbers.secondsOrNull(json);
        return seconds != null && seconds > 0 ? seconds : null;
    }

    private static @Nullable Integer signalOrNull(@Nullable Integer number) {
        return number != null && Signals.exists(number) ? number : null;
    }

    private static @Nullable Integer maskOrNull(@Nullable Integer number) {
        return number != null && number >= 0 && number <= 0777 ? number : null;
    }

    private static @Nullable String id(@Nullable Object json) {
        return json instanceof String || json instanceof Long || json instanceof Integer ? json.toString() : null;
    }

    private static @Nullable Arguments arguments(@Nullable Object json) {
        if (json == null) {
            return new Arguments.None();
        }
        if (json instanceof String text) {
            return new Arguments.Text(text);
        }
        List<String> words = strings(json);
        return words == null ? null : new Arguments.Words(words);
    }

    private static @Nullable Object argumentsJson(Arguments arguments) {
        if (arguments instanceof Arguments.Text text) {
            return text.text();
        }
        return arguments instanceof Arguments.Words words ? words.words() : null;
    }

    private static @Nullable List<String> strings(@Nullable Object json) {
        if (json instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        return null;
    }

    private static @Nullable Map<String, String> stringMap(@Nullable Object json) throws BadValueException {
        if (json == null) {
            return Map.of();
        }
        if (!(json instanceof Map<?, ?> map)) {
            return null;
        }
        Map<String, String> result = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key) || !(entry.getValue() instanceof String value)) {
                throw new BadValueException(String.valueOf(entry.getKey()), "isn't a string");
            }
            result.put(key, value);
        }
        return result;
    }

    private static Map<String, String> variables(String text) throws BadValueException {
        Map<String, String> result = new LinkedHashMap<>();
        for (String pair : text.isBlank() ? new String[0] : text.split(",")) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new BadValueException("'" + pair + "' is not NAME=VALUE");
            }
            result.put(
                    pair.substring(0, equals).strip(),
                    pair.substring(equals + 1).strip());
        }
        return result;
    }

    private static String logLevel(String text) throws BadValueException {
        if (isLogLevel(text)) {
            return text;
        }
        throw new BadValueException("'" + text + "' is not a log level (" + String.join(", ", LOG_LEVELS) + ")");
    }

    private static boolean isLogLevel(String text) {
        return LOG_LEVELS.contains(text.toLowerCase(Locale.ROOT));
    }

    private static AuditFormat auditFormat(String text) throws BadValueException {
        return AuditFormat.find(text.strip())
                .orElseThrow(() -> new BadValueException("'" + text + "' is neither text nor json"));
    }

    private static KernelLoss kernelLoss(String text) throws BadValueException {
        KernelLoss found = constantOrNull(KernelLoss.class, text);
        if (found == null) {
            throw new BadValueException("'" + text + "' is neither adopt nor replace");
        }
        return found;
    }

    private static <E extends Enum<E>> OptionType<E> oneOf(String name, Class<E> type) {
        return new PlainType<>(
                name,
                "isn't a known " + name,
                text -> constant(name, type, text),
                json -> json instanceof String text ? constantOrNull(type, text) : null,
                Enum::name);
    }

    private static <E extends Enum<E>> E constant(String name, Class<E> type, String text) throws BadValueException {
        E constant = constantOrNull(type, text);
        if (constant == null) {
            StringJoiner known = new StringJoiner(", ", "(", ")");
            EnumSet.allOf(type).forEach(each -> known.add(each.name()));
            throw new BadValueException("'" + text + "' is not a known " + name + " " + known);
        }
        return constant;
    }

    private static <E extends Enum<E>> @Nullable E constantOrNull(Class<E> type, String text) {
        for (E constant : EnumSet.allOf(type)) {
            if (constant.name().equalsIgnoreCase(text.strip())) {
                return constant;
            }
        }
        return null;
    }

    /** See {@link #DELAY}. */
    private record Delay() implements OptionType<Double> {
        @Override
        public String name() {
            return SECONDS.name();
        }

        @Override
        public Double parse(String text) throws BadValueException {
            return SECONDS.parse(text);
        }

        @Override
        public Double fromJson(@Nullable Object json) throws BadValueException {
            return SECONDS.fromJson(json);
        }

        @Override
        public Object toJson(Double value) {
            // Apart, since one conditional expression would make both branches a double.
            if (value == Math.rint(value) && value < 1e15) {
                return value.longValue();
            }
            return value;
        }

        @Override
        public String text(Double value) {
            return PythonText.number(value);
        }
    }
}
