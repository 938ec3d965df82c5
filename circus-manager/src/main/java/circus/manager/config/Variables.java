package circus.manager.config;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The two notations for variables: {@code $(circus.NAME)} (or {@code ((circus.NAME))}) in options, and {@code $NAME} in environment
 * sections. Names are looked up once; what they stand for is not looked at again. Pure functions; any thread.
 */
final class Variables {
    private static final Pattern CIRCUS = Pattern.compile(
            "\\$\\(circus\\.([\\w.\\-]+)\\)|\\(\\(circus\\.([\\w.\\-]+)\\)\\)",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern DOLLAR = Pattern.compile("\\$([A-Z]+[A-Z0-9_]*)");
    private static final String ENV = "env.";
    private static final String SOCKETS = "sockets.";

    private Variables() {}

    /**
     * Replaces {@code $(circus.NAME)}.
     *
     * @param values the text for a NAME in lower case; null leaves the notation as it stands
     */
    static String expand(String text, Function<String, @Nullable String> values) {
        return CIRCUS.matcher(text).replaceAll(found -> {
            String value = values.apply(name(found.group(1), found.group(2)));
            return Matcher.quoteReplacement(value == null ? found.group() : value);
        });
    }

    /** The values for {@link #expand} that an environment gives: {@code env.NAME}. Where names differ in case only, the last one counts. */
    static Function<String, @Nullable String> environment(Map<String, String> environment) {
        Map<String, String> byLowerCase = new HashMap<>();
        environment.forEach((name, value) -> byLowerCase.put(ENV + name.toLowerCase(Locale.ROOT), value));
        return byLowerCase::get;
    }

    /** Replaces {@code $NAME} as environment sections know it: capitals only, and nothing for a variable that does not exist. */
    static String expandDollars(String text, Map<String, String> environment) {
        return DOLLAR.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(environment.getOrDefault(found.group(1), "")))
                .strip();
    }

    /** The names of the sockets that the text refers to, in lower case and in their order. */
    static Set<String> sockets(String text) {
        return names(text, SOCKETS);
    }

    /** The environment variables that the text refers to, in lower case and in their order. */
    static Set<String> environmentNames(String text) {
        return names(text, ENV);
    }

    /** All that the text refers to, in lower case and in its order. */
    static Set<String> names(String text) {
        return names(text, "");
    }

    private static Set<String> names(String text, String prefix) {
        Set<String> names = new LinkedHashSet<>();
        Matcher matcher = CIRCUS.matcher(text);
        while (matcher.find()) {
            String name = name(matcher.group(1), matcher.group(2));
            if (name.startsWith(prefix)) {
                names.add(name.substring(prefix.length()));
            }
        }
        return names;
    }

    private static String name(@Nullable String afterDollar, @Nullable String inParentheses) {
        String name = afterDollar == null ? inParentheses : afterDollar;
        return name == null ? "" : name.toLowerCase(Locale.ROOT);
    }
}
