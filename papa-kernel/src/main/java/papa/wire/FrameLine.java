package papa.wire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the words of one header line from left to right; every complaint quotes the line. */
final class FrameLine {
    private static final int QUOTED_LIMIT = 120;

    private final String line;
    private int next;

    /** @param line a byte string, without its line feed */
    FrameLine(String line) {
        this.line = line;
    }

    String word(String what) throws FrameException {
        if (next > line.length()) {
            throw complaint("it ends before " + what);
        }
        int blank = line.indexOf(' ', next);
        int end = blank < 0 ? line.length() : blank;
        String word = line.substring(next, end);
        if (word.isEmpty()) {
            throw complaint(what + " is empty");
        }
        next = end + 1;
        return word;
    }

    /** All that is left: one word, quoted where need be, as ordinary text. */
    String text(String what) throws FrameException {
        String rest = line.substring(Math.min(next, line.length()));
        next = line.length() + 1;
        List<String> words;
        try {
            words = Words.splitQuoted(rest);
        } catch (WordsException e) {
            throw complaint(what + " is no word: " + e.getMessage());
        }
        if (words.size() != 1) {
            throw complaint(what + " is not one word but " + words.size());
        }
        return Words.text(words.get(0));
    }

    long number(String what, long least, long most) throws FrameException {
        String word = word(what);
        long number;
        try {
            number = Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw complaint(what + " is not a whole number");
        }
        if (number < least || number > most) {
            throw complaint(what + " is not between " + least + " and " + most);
        }
        return number;
    }

    long count(String what) throws FrameException {
        return number(what, 0, Long.MAX_VALUE);
    }

    /** All that is left: words of the form {@code key=value}, whatever their keys are; a kernel may know more than we. */
    Map<String, String> fields() throws FrameException {
        Map<String, String> fields = new HashMap<>();
        while (next <= line.length()) {
            String word = word("a word KEY=VALUE");
            int equals = word.indexOf('=');
            if (equals <= 0) {
                throw complaint("there is more than expected");
            }
            fields.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return fields;
    }

    void end() throws FrameException {
        if (next <= line.length()) {
            throw complaint("there is more than expected");
        }
    }

    FrameException complaint(String why) {
        StringBuilder quoted = new StringBuilder();
        for (int i = 0; i < Math.min(line.length(), QUOTED_LIMIT); i++) {
            char each = line.charAt(i);
            quoted.append(each < ' ' || each > '~' ? '?' : each);
        }
        String more = line.length() > QUOTED_LIMIT ? "…" : "";
        return new FrameException("cannot read the line \"" + quoted + more + "\" of the kernel: " + why);
    }
}
