package circus.options;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The types that only options of plugins have. All are immutable; any thread may use them. */
final class PluginTypes {
    static final OptionType<Optional<Integer>> OPTIONAL_SIGNAL = new OptionalType<>(OptionTypes.SIGNAL, false);

    static final OptionType<Optional<Double>> OPTIONAL_SECONDS = new OptionalType<>(OptionTypes.SECONDS, false);

    static final OptionType<Double> NUMBER = new PlainType<>(
            "number",
            "isn't a number",
            PluginTypes::number,
            json -> json instanceof Number number ? number.doubleValue() : null,
            value -> value);

    static final OptionType<Optional<Double>> OPTIONAL_NUMBER = new OptionalType<>(NUMBER, false);

    /** Percent of the machine's memory as a number, bytes as a number with a unit. */
    static final OptionType<MemoryBound> MEMORY = new PlainType<>(
            "percent, or size with a unit",
            "isn't a percentage or a size",
            MemoryBound::parse,
            json -> memoryOrNull(json),
            MemoryBound::toString);

    static final OptionType<Optional<MemoryBound>> OPTIONAL_MEMORY = new OptionalType<>(MEMORY, false);

    /** In the spelling of Python, whose names of groups Java spells otherwise. */
    static final OptionType<String> EXPRESSION = new PlainType<>(
            "regular expression",
            "isn't a regular expression",
            PluginTypes::expression,
            json -> json instanceof String text ? text : null,
            value -> value);

    static final OptionType<RedisAddress> REDIS = new PlainType<>(
            "address of a Redis server",
            "isn't the address of a Redis server",
            RedisAddress::parse,
            json -> redisOrNull(json),
            RedisAddress::toString);

    /** A page that can be fetched, with {@code http} or {@code https}. */
    static final OptionType<URI> PAGE = new PlainType<>(
            "web address", "isn't a web address", PluginTypes::page, json -> pageOrNull(json), URI::toString);

    private PluginTypes() {}

    /** What {@link #EXPRESSION} means. */
    static Pattern pattern(String expression) {
        return PythonPattern.compile(expression);
    }

    private static String expression(String text) throws BadValueException {
        try {
            Pattern unused = pattern(text);
            return text;
        } catch (PatternSyntaxException wrong) {
            throw new BadValueException("'" + text + "' is no regular expression: " + wrong.getDescription());
        }
    }

    private static double number(String text) throws BadValueException {
        try {
            double number = Numbers.anySeconds(text);
            if (!Double.isInfinite(number)) {
                return number;
            }
        } catch (BadValueException none) {
            // Told below, as it is no matter of seconds.
        }
        throw new BadValueException("'" + text + "' is not a number");
    }

    private static @Nullable MemoryBound memoryOrNull(@Nullable Object json) {
        try {
            return json == null ? null : MemoryBound.parse(json.toString());
        } catch (BadValueException none) {
            return null;
        }
    }

    private static @Nullable RedisAddress redisOrNull(@Nullable Object json) {
        try {
            return json instanceof String text ? RedisAddress.parse(text) : null;
        } catch (BadValueException none) {
            return null;
        }
    }

    private static URI page(String text) throws BadValueException {
        try {
            URI page = new URI(text.strip());
            if (page.getHost() != null && ("http".equals(page.getScheme()) || "https".equals(page.getScheme()))) {
                return page;
            }
        } catch (URISyntaxException none) {
            // Told below.
        }
        throw new BadValueException(
                "'" + text + "' is not a web address (write http://HOST[:PORT]/PATH, or https://…)");
    }

    private static @Nullable URI pageOrNull(@Nullable Object json) {
        try {
            return json instanceof String text ? page(text) : null;
        } catch (BadValueException none) {
            return null;
        }
    }
}
