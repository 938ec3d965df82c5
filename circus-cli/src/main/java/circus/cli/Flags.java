package circus.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the words of a command line as Python's argparse does: long options may be abbreviated to a unique prefix and take their
 * value after {@code =} or in the next word; {@code --} ends the options; a negative number is no option. One use, one thread.
 */
final class Flags {
    private final List<String> words;
    private int next;
    private boolean optionsEnded;
    private @Nullable String attachedValue;

    Flags(List<String> words) {
        this.words = words;
    }

    boolean hasNext() {
        if (!optionsEnded && next < words.size() && words.get(next).equals("--")) {
            optionsEnded = true;
            next++;
        }
        return next < words.size();
    }

    String next() {
        return words.get(next++);
    }

    /** All words from here on. */
    List<String> rest() {
        return words.subList(next, words.size());
    }

    /** Whether {@code word}, just taken, is an option and not an argument. */
    boolean isOption(String word) {
        return !optionsEnded
                && word.length() > 1
                && word.charAt(0) == '-'
                && !Character.isDigit(word.charAt(1))
                && word.charAt(1) != '.';
    }

    /** The one of {@code known} that {@code word} means; null when it means none. */
    @Nullable
    String match(String word, List<String> known) throws UsageException {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        attachedValue = equals < 0 ? null : word.substring(equals + 1);
        if (known.contains(name)) {
            return name;
        }
        List<String> candidates = new ArrayList<>();
        for (String option : known) {
            if (name.startsWith("--") && option.startsWith(name)) {
                candidates.add(option);
            }
        }
        if (candidates.size() > 1) {
            throw new UsageException("ambiguous option: " + name + " could match " + String.join(", ", candidates));
        }
        return candidates.isEmpty() ? null : candidates.get(0);
    }

    /** The value of the option that {@link #match} has just found. */
    String value(String option) throws UsageException {
        if (attachedValue != null) {
            return attachedValue;
        }
        if (next == words.size() || isOption(words.get(next)) || words.get(next).equals("--")) {
            throw new UsageException("argument " + option + ": expected one argument");
        }
        return next();
    }

    /** Complains when the switch that {@link #match} has just found was given a value. */
    void noValue(String option) throws UsageException {
        if (attachedValue != null) {
            throw new UsageException("argument " + option + ": ignored explicit argument '" + attachedValue + "'");
        }
    }
}
