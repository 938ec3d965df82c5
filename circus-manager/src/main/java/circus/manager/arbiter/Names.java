package circus.manager.arbiter;

import circus.manager.config.Glob;
import circus.message.CommandException;
import circus.message.ErrorCode;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** How commands name watchers: {@code simple}, {@code glob} (the default) or {@code regex}, always without regard to case. */
final class Names {
    /** Nobody needs a longer one, and matching takes its time on circus-loop. */
    private static final int LONGEST_PATTERN = 1_000;

    /** A regular expression may take for ever, even on a short name. It gets so many looks at characters, for all names together. */
    private static final int MOST_LOOKS = 1_000_000;

    private Names() {}

    /** A name that can be looked at only so often. */
    private static final class Counted implements CharSequence {
        private final CharSequence name;
        private final int[] left;

        Counted(CharSequence name, int[] left) {
            this.name = name;
            this.left = left;
        }

        @Override
        public char charAt(int index) {
            left[0]--;
            if (left[0] < 0) {
                throw new TooManyLooks();
            }
            return name.charAt(index);
        }

        @Override
        public int length() {
            return name.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(name.subSequence(start, end), left);
        }

        @Override
        public String toString() {
            return name.toString();
        }
    }

    private static final class TooManyLooks extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooManyLooks() {
            super("too many looks", null, false, false);
        }
    }

    /**
     * Those that a pattern means.
     *
     * @param name of a candidate, in lower case
     */
    static <T> List<T> select(Collection<T> candidates, Function<T, String> name, String pattern, String match)
            throws CommandException {
        Predicate<String> matches = matching(pattern, match);
        try {
            return candidates.stream()
                    .filter(each -> matches.test(name.apply(each)))
                    .toList();
        } catch (TooManyLooks | StackOverflowError endless) {
            throw unusable(pattern, "it takes too long; write it without repetitions of repetitions");
        }
    }

    private static Predicate<String> matching(String pattern, String match) throws CommandException {
        if (pattern.length() > LONGEST_PATTERN) {
            throw CommandException.invalid("cannot look for a name of " + pattern.length() + " characters: "
                    + LONGEST_PATTERN + " are allowed");
        }
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
            int[] left = {MOST_LOOKS};
            return name -> compiled.matcher(new Counted(name, left)).lookingAt();
        } catch (PatternSyntaxException mistake) {
            throw unusable(pattern, mistake.getDescription());
        } catch (StackOverflowError nested) {
            throw unusable(pattern, "it is nested too deep");
        }
    }

    private static CommandException unusable(String pattern, String why) {
        return new CommandException(
                ErrorCode.COMMAND_ERROR, "cannot use '" + pattern + "' as a regular expression: " + why);
    }
}
