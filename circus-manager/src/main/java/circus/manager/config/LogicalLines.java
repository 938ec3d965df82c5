package circus.manager.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Brings the physical lines of an ini file into the form that ini4j splits as Circus's own reader would. What ini4j knows differently is
 * settled here, line by line:
 *
 * <ol>
 *   <li>a blank line, or one with {@code #} or {@code ;} in column 1, is a comment; so is one that begins with the word {@code rem};
 *   <li>an indented line after an option continues it;
 *   <li>{@code [NAME]} in column 1 opens a section, where NAME reaches up to the last bracket of the line;
 *   <li>anything else is an option, with its separator in this very line.
 * </ol>
 *
 * <p>Three characters that no text may hold (Unicode sets them aside for use inside a program) stand for what ini4j would take away or
 * misread: blanks at an edge are kept by a guard, newlines and backslashes are replaced.
 */
final class LogicalLines {
    static final char GUARD = '\uFDD0';
    static final char NEWLINE = '\uFDD1';
    static final char BACKSLASH = '\uFDD2';

    private final Path file;
    private final Problems problems;
    private final List<StringBuilder> texts = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();
    private boolean inSection;
    private boolean complained;
    private @Nullable StringBuilder option;

    LogicalLines(Path file, String text, Problems problems) {
        this.file = file;
        this.problems = problems;
        int number = 0;
        for (String line : text.split("\r\n|\n|\r", -1)) {
            number++;
            if (isClean(line, number) && !isComment(line, number)) {
                add(line, number);
            }
        }
    }

    /** What ini4j is given: one line per header and option. */
    String text() {
        return String.join("\n", texts);
    }

    /** The number of the physical line on which the header or option begins that ini4j reports as the n-th, counted from 0. */
    int number(int ordinal) {
        return numbers.get(ordinal);
    }

    static String decode(String encoded) {
        return encoded.replace(String.valueOf(GUARD), "").replace(NEWLINE, '\n').replace(BACKSLASH, '\\');
    }

    /** Python's idea of a blank, which decides about comments and continuation lines. */
    static boolean isBlank(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }

    static String strip(String text) {
        int begin = 0;
        while (begin < text.length() && isBlank(text.charAt(begin))) {
            begin++;
        }
        int end = text.length();
        while (end > begin && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(begin, end);
    }

    private boolean isClean(String line, int number) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == 0 || (c >= GUARD && c <= BACKSLASH)) {
                problems.error(
                        new Place(file, number),
                        String.format("cannot read the character U+%04X: no text may hold it", (int) c));
                return false;
            }
        }
        return true;
    }

    private boolean isComment(String line, int number) {
        String stripped = strip(line);
        if (stripped.isEmpty() || line.charAt(0) == '#' || line.charAt(0) == ';') {
            return true;
        }
        if (isBlank(line.charAt(0)) || !stripped.toLowerCase(Locale.ROOT).startsWith("rem")) {
            return false;
        }
        if (stripped.length() > 3 && !isBlank(stripped.charAt(3))) {
            return false;
        }
        String rest = strip(stripped.substring(3));
        if (rest.startsWith("=") || rest.startsWith(":")) {
            problems.warn(
                    new Place(file, number), "'" + stripped + "' is a comment, since it begins with the word rem");
        }
        return true;
    }

    private void add(String line, int number) {
        if (isBlank(line.charAt(0)) && option != null) {
            option.append(NEWLINE).append(encode(strip(line)));
        } else if (line.charAt(0) == '[' && line.lastIndexOf(']') > 1) {
            header(line, number);
        } else if (inSection) {
            option(line, number);
        } else if (!complained) {
            complained = true;
            problems.error(
                    new Place(file, number),
                    "cannot place '" + strip(line)
                            + "': no section has begun; write a line such as [watcher:NAME] above it");
        }
    }

    private void header(String line, int number) {
        String name = line.substring(1, line.lastIndexOf(']'));
        String rest = strip(line.substring(line.lastIndexOf(']') + 1));
        if (name.indexOf(']') >= 0) {
            problems.warn(
                    new Place(file, number),
                    "the name of this section is '" + name
                            + "', since a name reaches up to the last bracket of its line");
        } else if (!rest.isEmpty() && !rest.startsWith(";") && !rest.startsWith("#")) {
            problems.warn(new Place(file, number), "'" + rest + "' after [" + name + "] is ignored");
        }
        inSection = true;
        option = null;
        keep("[" + GUARD + encode(name) + GUARD + "]", number);
    }

    private void option(String line, int number) {
        StringBuilder kept = keep(GUARD + encode(line) + GUARD, number);
        int separator = separator(line);
        if (separator >= 0) {
            // Nothing can continue an option without a name.
            option = strip(line.substring(0, separator)).isEmpty() ? null : kept;
        }
    }

    /** Where the name ends; -1 when this is no option, and then the one before it can still be continued. */
    private static int separator(String line) {
        int equals = line.indexOf('=');
        int colon = line.indexOf(':');
        return equals < 0 || colon < 0 ? Math.max(equals, colon) : Math.min(equals, colon);
    }

    private StringBuilder keep(String encoded, int number) {
        StringBuilder kept = new StringBuilder(encoded);
        texts.add(kept);
        numbers.add(number);
        return kept;
    }

    private static String encode(String text) {
        return text.replace('\\', BACKSLASH);
    }
}
