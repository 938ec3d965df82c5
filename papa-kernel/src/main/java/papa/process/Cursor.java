package papa.process;

import org.jspecify.annotations.Nullable;
import papa.process.BlockChain.Block;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/**
 * How far one reader has come in one stream. Many cursors may stand in a stream; none of them frees anything. Loop thread
 * only.
 */
public final class Cursor {
    /** Told when a cursor that had nothing to read gets something. */
    public interface Waiting {
        void readable(Cursor cursor);
    }

    public final Capture capture;
    private final Waiting reader;
    private @Nullable Block block;
    private int at;
    private long recordStart;
    private long offset;
    private long lostFirst = Losses.UNKNOWN;

    /** Set while the reader has asked not to be sent this stream. */
    public boolean paused;

    public Cursor(Capture capture, Waiting reader) {
        this.capture = capture;
        this.reader = reader;
    }

    /**
     * {@code offset}, and, if bytes before the oldest one held would be next, {@code lost-first}, when the first of them
     * was captured; {@code paused}.
     */
    public void put(StateWriter.Line line) {
        line.put("offset", offset).put("lost-first", lostFirst).flag("paused", paused);
    }

    /** Puts it where another one was in the same stream; who reads by it has still to have it told of what comes. */
    public void restore(StateLine line) throws StateException {
        capture.seek(this, line.number("offset", 0, capture.end()));
        long first = line.number("lost-first", Losses.UNKNOWN, Long.MAX_VALUE, Losses.UNKNOWN);
        lostFirst = hasGap() ? first : Losses.UNKNOWN;
        paused = line.flag("paused");
    }

    /** The next byte to read. */
    public long offset() {
        return offset;
    }

    /** Whether bytes before the oldest one held would have been next. */
    public boolean hasGap() {
        return offset < capture.base();
    }

    public boolean hasData() {
        return offset < capture.end();
    }

    /** The rank of what comes next: of the chunk, or of the last one missing. Only while there is data or a gap. */
    public long rank() {
        return hasGap() ? capture.forgottenRank() : capture.chain.rank(current(), at);
    }

    /** When the first and the last of the bytes were captured that are missing. Only while there is a gap. */
    public long gapFirst() {
        return Math.min(lostFirst, capture.forgottenTime());
    }

    public long gapLast() {
        return capture.forgottenTime();
    }

    /** Steps over what was dropped. */
    public void skipGap() {
        capture.gapTold();
        capture.seek(this, capture.base());
    }

    /** Bytes left in the chunk. */
    public int length() {
        return (int) (recordStart + capture.chain.length(current(), at) - offset);
    }

    public long time() {
        return capture.chain.time(current(), at);
    }

    /** The address of the bytes left in the chunk. */
    public long bytes() {
        return capture.chain.bytes(current(), at) + (offset - recordStart);
    }

    /** Goes on to the next chunk. */
    public void next() {
        capture.step(this, current(), at, recordStart);
    }

    /** Goes on by some of the bytes left in the chunk. */
    public void advance(int bytes) {
        if (bytes >= length()) {
            next();
        } else {
            offset += bytes;
        }
    }

    private Block current() {
        Block here = block;
        if (here == null) {
            throw new IllegalStateException("the cursor stands at the end");
        }
        return here;
    }

    // Called by Capture.

    void at(Block newBlock, int newAt, long newRecordStart, long newOffset) {
        block = newBlock;
        at = newAt;
        recordStart = newRecordStart;
        offset = newOffset;
        lostFirst = Losses.UNKNOWN;
    }

    void beforeGap(long newOffset, long firstMicros) {
        block = null;
        offset = newOffset;
        lostFirst = firstMicros;
    }

    /** Everything before {@code end}, of a chunk captured at that time, is about to go. */
    void leftBehind(long end, long timeMicros) {
        if (offset < end && lostFirst == Losses.UNKNOWN) {
            lostFirst = timeMicros;
        }
    }

    void atEnd(long end) {
        block = null;
        offset = end;
        lostFirst = Losses.UNKNOWN;
    }

    void arrived(Block newBlock, int newAt, long start) {
        if (offset == start) {
            at(newBlock, newAt, start, start);
            tell();
        }
    }

    /** Its reader has something to read. If that cannot be told, by a fault, it {@link #isBehind}. */
    void tell() {
        if (!paused) {
            try {
                reader.readable(this);
            } catch (RuntimeException | LinkageError | VirtualMachineError fault) {
                block = null;
                throw fault;
            }
        }
    }

    /** Whether there is something that its reader was not told of. */
    boolean isBehind() {
        return block == null && hasData() && !hasGap();
    }
}
