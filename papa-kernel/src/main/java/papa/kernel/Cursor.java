package papa.kernel;

import org.jspecify.annotations.Nullable;

/**
 * How far one reader has come in one stream. Many cursors may stand in a stream; none of them frees anything. Loop thread
 * only.
 */
final class Cursor {
    /** Told when a cursor that had nothing to read gets something. */
    interface Waiting {
        void readable(Cursor cursor);
    }

    final Capture capture;
    private final Waiting reader;
    private Capture.@Nullable Block block;
    private int at;
    private long recordStart;
    private long offset;

    /** Set while the reader has asked not to be sent this stream. */
    boolean paused;

    Cursor(Capture capture, Waiting reader) {
        this.capture = capture;
        this.reader = reader;
    }

    /** The next byte to read. */
    long offset() {
        return offset;
    }

    /** Whether bytes before the oldest one held would have been next. */
    boolean hasGap() {
        return offset < capture.base();
    }

    boolean hasData() {
        return offset < capture.end();
    }

    /** The rank of the chunk that comes next. Only while there is data. A gap with nothing behind it comes at once. */
    long rank() {
        if (!hasGap()) {
            return capture.rank(current(), at);
        }
        return capture.held() == 0 ? 0 : capture.oldestRank();
    }

    /** Steps over what was dropped. */
    void skipGap() {
        capture.seek(this, capture.base());
    }

    /** Bytes left in the chunk. */
    int length() {
        return (int) (recordStart + capture.length(current(), at) - offset);
    }

    long time() {
        return capture.time(current(), at);
    }

    /** The address of the bytes left in the chunk. */
    long bytes() {
        return capture.bytes(current(), at) + (offset - recordStart);
    }

    /** Goes on to the next chunk. */
    void next() {
        capture.step(this, current(), at, recordStart);
    }

    private Capture.Block current() {
        Capture.Block here = block;
        if (here == null) {
            throw new IllegalStateException("the cursor stands at the end");
        }
        return here;
    }

    // Called by Capture.

    void at(Capture.Block newBlock, int newAt, long newRecordStart, long newOffset) {
        block = newBlock;
        at = newAt;
        recordStart = newRecordStart;
        offset = newOffset;
    }

    void beforeGap(long newOffset) {
        block = null;
        offset = newOffset;
    }

    void atEnd(long end) {
        block = null;
        offset = end;
    }

    void arrived(Capture.Block newBlock, int newAt, long start) {
        if (offset == start) {
            at(newBlock, newAt, start, start);
            if (!paused) {
                reader.readable(this);
            }
        }
    }
}
