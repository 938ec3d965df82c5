package papa.kernel;

/** A model of what a process wrote to one channel: all of it, and which part is still held. */
final class ModelStream {
    private final StringBuilder written = new StringBuilder();
    long committed;

    /** Everything from here on is held. */
    long base;

    /** Bytes that were dropped for want of room. */
    long lost;

    void write(String text) {
        written.append(text);
    }

    long end() {
        return written.length();
    }

    long held() {
        return end() - base;
    }

    String text(long from, long to) {
        return written.substring((int) from, (int) to);
    }

    void commit(long offset) {
        committed = Math.max(committed, Math.min(offset, end()));
        base = Math.max(base, committed);
    }

    /** The oldest chunk, which ends there, has to go. */
    void dropTo(long offset) {
        lost += offset - base;
        base = offset;
    }

    /** Where the last so many lines begin: an end without a line feed ends a line, too. */
    long lastLines(int lines) {
        long begin = end();
        for (int found = 0; found < lines && begin > base; found++) {
            begin--;
            while (begin > base && written.charAt((int) begin - 1) != '\n') {
                begin--;
            }
        }
        return begin;
    }
}
