package circus.tests.upgrade;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** One output of a {@code writer.pl}, as it comes: whether each of its lines is there once and in its order. One thread uses it. */
final class NumberedStream {
    private final String what;
    private final int length;
    private final Consumer<String> faults;
    private final StringBuilder line = new StringBuilder();
    private long last;
    private boolean complete;

    /**
     * @param what the stream's name, for a fault
     * @param length the writer's LENGTH
     */
    NumberedStream(String what, int length, Consumer<String> faults) {
        this.what = what;
        this.length = length;
        this.faults = faults;
    }

    void take(ByteBuffer bytes) {
        take(StandardCharsets.ISO_8859_1.decode(bytes).toString());
    }

    void take(String text) {
        for (int from = 0; from < text.length(); ) {
            int end = text.indexOf('\n', from);
            if (end < 0) {
                line.append(text, from, text.length());
                return;
            }
            line.append(text, from, end);
            takeLine();
            line.setLength(0);
            from = end + 1;
        }
    }

    private void takeLine() {
        if (complete) {
            faults.accept(what + ": there is more behind its last line: " + shown());
        } else if (line.toString().equals("total " + last)) {
            complete = true;
        } else if (isNumber(last + 1)) {
            last++;
        } else {
            faults.accept(what + ": behind line " + last + " comes: " + shown());
        }
    }

    private boolean isNumber(long number) {
        String digits = Long.toString(number);
        int dots = (int) (number * 7 % length);
        if (line.length() != digits.length() + 1 + dots || line.indexOf(digits + " ") != 0) {
            return false;
        }
        for (int i = digits.length() + 1; i < line.length(); i++) {
            if (line.charAt(i) != '.') {
                return false;
            }
        }
        return true;
    }

    private String shown() {
        return line.length() > 60 ? line.substring(0, 60) + "… (" + line.length() + " bytes)" : line.toString();
    }

    /** Whether its last line has come, and nothing since. */
    boolean isComplete() {
        return complete && line.isEmpty();
    }

    /** How many numbered lines have come. */
    long lines() {
        return last;
    }
}
