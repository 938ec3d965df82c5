package circus.manager.arbiter;

import circus.manager.config.Glob;
import circus.message.CommandException;
import circus.message.ErrorCode;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** How commands name watchers: {@code simple}, {@code glob} (the default) or {@code regex}, always without regard to case. */
final class Names {
    private Names() {}

    /** A test for the name of a watcher in lower case. */
    static Predicate<String> matching(String pattern, String match) throws CommandException {
        String lower = pattern.toLowerCase(Locale.ROOT);
        return switch (match) {
            case "simple" -> lower::equals;
            case "glob" -> name -> Glob.matches(lower, name);
            case "regex" -> regex(pattern);
            default -> throw CommandException.invalid("unknown match method " + match);
        };
    }

    /** Anchored at the start only, as Python's {@code re.match}. */
    private static Predicate<String> regex(String pattern) throws CommandException {
        try {
            Pattern compiled = Pattern.compile(pattern, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
            return name -> compiled.matcher(name).lookingAt();
        } catch (PatternSyntaxException mistake) {
            throw new CommandException(
                    ErrorCode.COMMAND_ERROR,
                    "cannot use '" + pattern + "' as a regular expression: " + mistake.getDescription());
        }
    }
}
