package papa.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of the wire and the words on it.
 *
 * <p>A word is a <em>byte string</em>: a Java string in which every char is one byte (0 to 255), so that any byte can be
 * carried and compared without loss. {@link #utf8} and {@link #text} convert to and from ordinary text.
 *
 * <p>Two grammars exist. {@link #splitPapa} is papa's own (contract/papa-kernel.md, section 2): blanks separate, a
 * backslash at the end of a word joins it with the next one. {@link #splitQuoted} is ours, spoken after {@code hello}:
 * a word, or the value behind the first {@code =} of a word, may stand in double quotes with C escapes, and so carry
 * blanks, newlines, nothing at all, or any byte.
 */
public final class Words {
    private static final String HEX = "0123456789abcdef";

    private static final int LONGEST_TAG = 32;

    private Words() {}

    /** Splits a line as papa does. Never fails. */
    public static List<String> splitPapa(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder joined = new StringBuilder();
        int start = 0;
        while (start <= line.length()) {
            int blank = line.indexOf(' ', start);
            int end = blank < 0 ? line.length() : blank;
            boolean joins = end > start && line.charAt(end - 1) == '\\';
            joined.append(line, start, joins ? end - 1 : end);
            if (joins) {
                joined.append(' ');
            } else {
                String word = joined.toString().strip();
                if (!word.isEmpty()) {
                    words.add(word);
                }
                joined.setLength(0);
            }
            start = end + 1;
        }
        if (joined.length() > 0) {
            words.add(joined.toString());
        }
        return words;
    }

    /**
     * Splits a line with quoted words.
     *
     * @throws WordsException when a quote does not end, an escape is unknown, or a quote stands in the middle of a word
     */
    public static List<String> splitQuoted(String line) throws WordsException {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (true) {
            while (at < line.length() && line.charAt(at) == ' ') {
                at++;
            }
            if (at == line.length()) {
                return words;
            }
            int end = endOfPlain(line, at);
            if (end > at) {
                words.add(line.substring(at, end));
                at = end;
                continue;
            }
            StringBuilder word = new StringBuilder();
            at = readWord(line, at, word);
            words.add(word.toString());
        }
    }

    /** Where a word ends that has neither quotes nor escapes, as most have none; {@code start} if it has some. */
    private static int endOfPlain(String line, int start) {
        for (int at = start; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == ' ') {
                return at;
            }
            if (c == '"' || c == '\\') {
                return start;
            }
        }
        return line.length();
    }

    private static int readWord(String line, int start, StringBuilder word) throws WordsException {
        boolean quoteMayStart = true;
        boolean valueSeen = false;
        int at = start;
        while (at < line.length() && line.charAt(at) != ' ') {
            char c = line.charAt(at);
            if (c == '"') {
                if (!quoteMayStart) {
                    throw new WordsException("cannot read column " + (at + 1)
                            + ": a quote may stand only at the start of a word or right after its first =");
                }
                at = readQuoted(line, at + 1, word);
                if (at < line.length() && line.charAt(at) != ' ') {
                    throw new WordsException(
                            "cannot read column " + (at + 1) + ": a blank must follow a closing quote");
                }
                return at;
            }
            if (c == '\\') {
                throw new WordsException("cannot read column " + (at + 1) + ": a backslash may stand only in quotes");
            }
            word.append(c);
            quoteMayStart = c == '=' && !valueSeen;
            valueSeen |= c == '=';
            at++;
        }
        return at;
    }

    private static int readQuoted(String line, int start, StringBuilder word) throws WordsException {
        int at = start;
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (c == '"') {
                return at;
            }
            if (c != '\\') {
                word.append(c);
                continue;
            }
            if (at == line.length()) {
                break;
            }
            char escape = line.charAt(at++);
            switch (escape) {
                case '\\', '"' -> word.append(escape);
                case 'n' -> word.append('\n');
                case 'r' -> word.append('\r');
                case 't' -> word.append('\t');
                case 'x' -> {
                    word.append(hexByte(line, at));
                    at += 2;
                }
                default ->
                    throw new WordsException("cannot read column " + at + ": the escape \\" + escape
                            + " is unknown (known: \\\\ \\\" \\n \\r \\t \\xHH)");
            }
        }
        throw new WordsException("cannot read the line: the quote that opens at column " + start + " does not end");
    }

    private static char hexByte(String line, int at) throws WordsException {
        int high = at < line.length() ? Character.digit(line.charAt(at), 16) : -1;
        int low = at + 1 < line.length() ? Character.digit(line.charAt(at + 1), 16) : -1;
        if (high < 0 || low < 0) {
            throw new WordsException("cannot read column " + (at + 1) + ": \\x needs two hexadecimal digits");
        }
        return (char) (high * 16 + low);
    }

    /** Writes a word so that {@link #splitQuoted} gives it back: as it is where it can, else in quotes. */
    public static String quote(String word) {
        if (isPlain(word)) {
            return word;
        }
        StringBuilder quoted = new StringBuilder(word.length() + 8).append('"');
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            switch (c) {
                case '\\', '"' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < ' ' || c == 127) {
                        quoted.append("\\x").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    /** Writes {@code name=value} with the value quoted where it must be. */
    public static String quote(String name, String value) {
        return name + "=" + quote(value);
    }

    private static boolean isPlain(String word) {
        if (word.isEmpty()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c <= ' ' || c == '"' || c == '\\' || c == 127) {
                return false;
            }
        }
        return true;
    }

    /** One line, without its newline, of words that are byte strings. */
    public static String line(List<String> words) {
        StringBuilder line = new StringBuilder();
        for (String word : words) {
            if (line.length() > 0) {
                line.append(' ');
            }
            line.append(quote(word));
        }
        return line.toString();
    }

    /** Ordinary text as a byte string, in UTF-8. */
    public static String utf8(String text) {
        return isAscii(text) ? text : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** A byte string as ordinary text; bytes that are no UTF-8 become U+FFFD. */
    public static String text(String bytes) {
        return isAscii(bytes) ? bytes : new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return false;
            }
        }
        return true;
    }

    /** Whether a word may stand before a framed request, for its reply to be known by. */
    public static boolean isTag(String word) {
        boolean good = !word.isEmpty() && word.length() <= LONGEST_TAG;
        for (int i = 0; good && i < word.length(); i++) {
            char each = word.charAt(i);
            good = (each >= '0' && each <= '9') || (each >= 'a' && each <= 'z');
        }
        return good;
    }
}
