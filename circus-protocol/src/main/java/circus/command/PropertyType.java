package circus.command;

import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.PythonText;
import circus.options.BadValueException;
import circus.options.OptionType;
import circus.options.WatcherOptions;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a property of a request may hold, and what the client is told when it holds something else. Any thread. */
public enum PropertyType {
    TEXT("string"),
    /** One or more strings. */
    TEXTS("list of strings"),
    INTEGER("integer"),
    /** Any JSON value, taken as Python takes it: null, false, 0, and everything empty are false. */
    TRUTH("boolean"),
    /** Strictly true or false, where a mistake would be dangerous. */
    BOOLEAN("true or false"),
    /** A pid, as a number or as decimal text. */
    PROCESS_ID("integer, or decimal string"),
    /** A signal, as a number or a name. */
    SIGNAL("integer or string: `15`, `\"TERM\"`, `\"SIGTERM\"`, `\"RTMIN+1\"`"),
    /** Seconds that can be waited, also as text; null is the same as nothing. */
    SECONDS("number, or its text"),
    /** An object, the values of which are checked by those who read them. */
    OBJECT("object"),
    /** Anything; checked by those who read it. */
    ANY("any value"),
    /** How a name is compared with the names of watchers. */
    MATCH("\"glob\", \"regex\" or \"simple\"");

    private static final List<String> MATCHES = List.of("glob", "regex", "simple");

    private final String words;

    PropertyType(String words) {
        this.words = words;
    }

    /** The type in words, for reference pages. */
    public String words() {
        return words;
    }

    void check(String property, @Nullable Object value) throws CommandException {
        switch (this) {
            case TEXT -> require(value instanceof String, property, "isn't a string");
            case TEXTS -> require(isTexts(value), property, "isn't a list of strings");
            case INTEGER -> require(value instanceof Long || value instanceof Integer, property, "isn't an integer");
            case BOOLEAN -> require(value instanceof Boolean, property, "isn't a valid boolean");
            case TRUTH, ANY -> {}
            case OBJECT -> require(value instanceof Map<?, ?>, property, "property should be an object");
            case PROCESS_ID -> {
                // Circus fails here beyond its own checks, so the number is not that of the others.
                if (processId(value) == null) {
                    throw new CommandException(
                            ErrorCode.COMMAND_ERROR,
                            "'" + property + "' isn't a process id: " + PythonText.repr(value));
                }
            }
            case SIGNAL -> SignalValue.of(property, value);
            case SECONDS -> require(value == null || seconds(value) != null, property, "isn't a number of seconds");
            case MATCH -> {
                if (!(value instanceof String match) || !MATCHES.contains(match)) {
                    throw CommandException.invalid("unknown match method " + PythonText.str(value));
                }
            }
        }
    }

    private static void require(boolean holds, String property, String complaint) throws CommandException {
        if (!holds) {
            throw CommandException.invalid("'" + property + "' " + complaint);
        }
    }

    private static boolean isTexts(@Nullable Object value) {
        if (!(value instanceof List<?> list)) {
            return false;
        }
        for (Object item : list) {
            if (!(item instanceof String)) {
                return false;
            }
        }
        return true;
    }

    /** The whole number in {@code value}, or null. */
    static @Nullable Long processId(@Nullable Object value) {
        if (value instanceof Long || value instanceof Integer) {
            return ((Number) value).longValue();
        }
        if (value instanceof String text) {
            try {
                return Long.valueOf(text.strip());
            } catch (NumberFormatException notDecimal) {
                return null;
            }
        }
        return null;
    }

    /** The seconds in {@code value}, or null. */
    static @Nullable Double seconds(@Nullable Object value) {
        OptionType<Double> type = WatcherOptions.GRACEFUL_TIMEOUT.type();
        try {
            return value instanceof String text ? type.parse(text) : type.fromJson(value);
        } catch (BadValueException none) {
            return null;
        }
    }

    /** The seconds that a text says. */
    public static Optional<Double> secondsOf(String text) {
        return Optional.ofNullable(seconds(text));
    }

    /** Whether Python would take {@code value} as true. */
    static boolean isTrue(@Nullable Object value) {
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean truth) {
            return truth;
        }
        if (value instanceof BigInteger) {
            return true;
        }
        if (value instanceof Number number) {
            return number.doubleValue() != 0;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        return !(value instanceof List<?> list) || !list.isEmpty();
    }
}
