package circus.manager.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits text into words as a POSIX shell does, and no more than that: quotes and backslashes count, while variables, patterns, comments and
 * operators are plain text. The rules are those of Python's {@code shlex.split}.
 *
 * <p>One use splits one text; an instance is not shared.
 */
final class ShellWords {
    private final String text;
    private final List<String> words = new ArrayList<>();
    private @Nullable StringBuilder word;
    private int position;

    private ShellWords(String text) {
        this.text = text;
    }

    static List<String> split(String text) throws UnbalancedException {
        return new ShellWords(text).split();
    }

    private List<String> split() throws UnbalancedException {
        while (position < text.length()) {
            char c = text.charAt(position++);
            switch (c) {
                case ' ', '\t', '\r', '\n' -> endWord();
                case '\'' -> quoted();
                case '"' -> doubleQuoted();
                case '\\' -> open().append(escaped());
                default -> open().append(c);
            }
        }
        endWord();
        return List.copyOf(words);
    }

    private StringBuilder open() {
        StringBuilder current = word;
        if (current == null) {
            current = new StringBuilder();
            word = current;
        }
        return current;
    }

    private void endWord() {
        if (word != null) {
            words.add(word.toString());
            word = null;
        }
    }

    private void quoted() throws UnbalancedException {
        int end = text.indexOf('\'', position);
        if (end < 0) {
            throw new UnbalancedException("No closing quotation");
        }
        open().append(text, position, end);
        position = end + 1;
    }

    private void doubleQuoted() throws UnbalancedException {
        StringBuilder current = open();
        while (position < text.length()) {
            char c = text.charAt(position++);
            if (c == '"') {
                return;
            }
            if (c == '\\' && position < text.length() && "\"\\".indexOf(text.charAt(position)) >= 0) {
                current.append(text.charAt(position++));
            } else {
                current.append(c);
            }
        }
        throw new UnbalancedException("No closing quotation");
    }

    private char escaped() throws UnbalancedException {
        if (position == text.length()) {
            throw new UnbalancedException("No escaped character");
        }
        return text.charAt(position++);
    }
}
