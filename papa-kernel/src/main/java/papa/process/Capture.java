package papa.process;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.wire.Frame.Channel;

/**
 * What one process wrote to one of its two channels: a bounded sequence of chunks, each with its place in the stream, its
 * capture time, and its rank among all chunks of all streams.
 *
 * <pre>
 *   0 ………………… committed ………… base ═══════ chunks held ═══════ end
 *                 (freed)     (dropped)
 * </pre>
 *
 * <p>Offsets count bytes from the start of the process and never repeat. One read(2) is one chunk. A chunk is stored as
 * {@code int length, long rank, long time} and its bytes, inside one block of the arena. Loop thread only.
 */
public final class Capture {
    private static final int LENGTH = 0;
    private static final int RANK = 4;
    private static final int TIME = 12;

    /** More than the fields take: the machine copies faster to and from an address that is a multiple of 32. */
    public static final int HEADER = 32;

    static final int ALIGNMENT = 8;

    /** A read for less than this is not worth its chunk: a new block is begun. */
    private static final int SMALLEST_READ = 512;

    /**
     * The same where the newest chunk may be all that is kept: what a process writes at once comes as one chunk then, if it
     * is no more than this (pipe(7), PIPE_BUF).
     */
    private static final int WHOLE_WRITE = 4096;

    /** A block in this stream's chain. */
    static final class Block {
        final int index;

        /** The offset of its first byte in the stream. */
        final long start;

        int fill;

        @Nullable
        Block next;

        private @Nullable Block previous;

        Block(int index, long start) {
            this.index = index;
            this.start = start;
        }
    }

    /** The result of {@link #read}. */
    enum Progress {
        MORE_MAY_COME,
        NOTHING_NOW,
        NO_MEMORY,
        AT_END
    }

    private final Posix posix;
    private final Arena arena;
    public final Incarnation owner;
    public final Channel channel;
    public final List<Cursor> cursors = new ArrayList<>(1);

    /** The pipe's reading end, -1 once it is closed. */
    int pipe;

    private @Nullable Block head;
    private @Nullable Block tail;
    private int headAt;
    private int blockCount;
    private long recordStart;
    private long base;
    private long committed;
    private long end;
    private long droppedTotal;
    private long forgottenRank;
    private long forgottenTime;
    final Losses losses = new Losses();

    public Capture(Posix posix, Arena arena, Incarnation owner, Channel channel, int pipe) {
        this.posix = posix;
        this.arena = arena;
        this.owner = owner;
        this.channel = channel;
        this.pipe = pipe;
    }

    SavedCapture.Position position() {
        return new SavedCapture.Position(
                headAt, recordStart, base, committed, end, droppedTotal, forgottenRank, forgottenTime);
    }

    /** Goes on with what another capture had of the same stream; see {@link SavedCapture}, which has checked it. */
    void takeUp(SavedCapture.Position position, List<Block> blocks) {
        blocks.forEach(this::append);
        headAt = position.headAt();
        recordStart = position.recordStart();
        base = position.base();
        committed = position.committed();
        end = position.end();
        droppedTotal = position.droppedTotal();
        forgottenRank = position.forgottenRank();
        forgottenTime = position.forgottenTime();
    }

    public long base() {
        return base;
    }

    public long committed() {
        return committed;
    }

    public long end() {
        return end;
    }

    /** Bytes held. */
    long held() {
        return end - base;
    }

    int blocks() {
        return blockCount;
    }

    boolean atEnd() {
        return pipe < 0;
    }

    /** Bytes dropped in this stream's life. */
    public long droppedTotal() {
        return droppedTotal;
    }

    /** The rank of the last chunk before {@link #base}: that of any gap, since each ends there. */
    long forgottenRank() {
        return forgottenRank;
    }

    /** When the last byte before {@link #base} was captured; microseconds. */
    public long forgottenTime() {
        return forgottenTime;
    }

    /** When a byte that is held no more was captured, at the earliest; microseconds. */
    long firstTimeOfGap(long offset) {
        long time = losses.first(offset);
        return time == Losses.UNKNOWN ? Math.min(owner.startedMicros, forgottenTime) : time;
    }

    /** A reader was told of what is missing before {@link #base}. */
    void gapTold() {
        losses.told();
    }

    /** Reads once from the pipe into a new chunk. */
    Progress read(long rank, long timeMicros) {
        Block last = tail;
        int least = owner.spec.bufferSize() < Arena.BLOCK ? WHOLE_WRITE : SMALLEST_READ;
        if (last == null || Arena.BLOCK - HEADER - last.fill < least) {
            int index = arena.allocate();
            if (index < 0) {
                return Progress.NO_MEMORY;
            }
            last = append(new Block(index, end));
        }
        long record = arena.address(last.index) + last.fill;
        int room = Arena.BLOCK - HEADER - last.fill;
        long count = posix.read(pipe, record + HEADER, room);
        if (count <= 0) {
            trimEmptyTail();
            return count == 0 || !(Errno.EAGAIN.is(count) || Errno.EINTR.is(count))
                    ? Progress.AT_END
                    : Progress.NOTHING_NOW;
        }
        posix.putInt(record + LENGTH, (int) count);
        posix.putLong(record + RANK, rank);
        posix.putLong(record + TIME, timeMicros);
        int at = last.fill;
        last.fill += size((int) count);
        long start = end;
        end += count;
        for (int i = 0; i < cursors.size(); i++) {
            cursors.get(i).arrived(last, at, start);
        }
        return count == room ? Progress.MORE_MAY_COME : Progress.NOTHING_NOW;
    }

    /** What a chunk takes in its block. */
    static int size(int length) {
        return HEADER + (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private Block append(Block block) {
        Block last = tail;
        if (last == null) {
            head = block;
            headAt = 0;
        } else {
            last.next = block;
            block.previous = last;
        }
        tail = block;
        blockCount++;
        return block;
    }

    /** Gives back a block that was taken for a read that brought nothing. */
    private void trimEmptyTail() {
        Block last = tail;
        if (last == null || last.fill > 0) {
            return;
        }
        Block before = last.previous;
        if (before == null) {
            releaseHead();
        } else {
            before.next = null;
            tail = before;
            arena.release(last.index);
            blockCount--;
        }
    }

    private void releaseHead() {
        Block first = head;
        if (first != null) {
            arena.release(first.index);
            blockCount--;
            Block following = first.next;
            head = following;
            headAt = 0;
            if (following == null) {
                tail = null;
            } else {
                following.previous = null;
            }
        }
    }

    /** Everything before {@code offset} has been dealt with: free it. Offsets that are committed already change nothing. */
    public void commit(long offset) {
        committed = Math.max(committed, Math.min(offset, end));
        losses.committed(committed, base);
        freeTo(committed);
    }

    private void freeTo(long offset) {
        while (base < offset) {
            int length = length(headBlock(), headAt);
            if (recordStart + length > offset) {
                leaveBehind(offset);
                base = offset;
                return;
            }
            forgetOldest(length);
        }
    }

    /** Drops the oldest chunk, and counts it. Something must be held. */
    void dropOldest() {
        Block first = headBlock();
        int length = length(first, headAt);
        losses.dropped(base, time(first, headAt));
        droppedTotal += recordStart + length - base;
        forgetOldest(length);
    }

    private void forgetOldest(int length) {
        leaveBehind(recordStart + length);
        headAt += size(length);
        recordStart += length;
        base = recordStart;
        if (headAt >= headBlock().fill) {
            releaseHead();
        }
    }

    /** What the oldest chunk has before {@code offset} is about to go: who has not read it remembers since when. */
    private void leaveBehind(long offset) {
        Block first = headBlock();
        forgottenRank = rank(first, headAt);
        forgottenTime = time(first, headAt);
        for (int i = 0; i < cursors.size(); i++) {
            cursors.get(i).leftBehind(offset, forgottenTime);
        }
    }

    /** Frees everything held, without counting it as lost. */
    public void clear() {
        commit(end);
        while (head != null) {
            releaseHead();
        }
    }

    /** The rank of the oldest chunk held, or {@link Long#MAX_VALUE} if none is. */
    long oldestRank() {
        Block first = head;
        return first == null || base == end ? Long.MAX_VALUE : rank(first, headAt);
    }

    /** When the oldest chunk held was captured; microseconds. Something must be held. */
    long oldestTime() {
        return time(headBlock(), headAt);
    }

    private Block headBlock() {
        Block first = head;
        if (first == null) {
            throw new IllegalStateException("no chunk is held");
        }
        return first;
    }

    /** Puts a cursor at {@code offset}; before a gap, if that byte is held no more. */
    public void seek(Cursor cursor, long wanted) {
        if (wanted < base) {
            cursor.beforeGap(wanted, firstTimeOfGap(wanted));
            return;
        }
        if (wanted >= end || arena.isShared()) {
            cursor.atEnd(end);
            return;
        }
        Block block = headBlock();
        int at = headAt;
        long start = recordStart;
        Block next = block.next;
        while (next != null && next.start <= wanted && next.fill > 0) {
            block = next;
            at = 0;
            start = block.start;
            next = block.next;
        }
        while (start + length(block, at) <= wanted) {
            start += length(block, at);
            at += size(length(block, at));
        }
        cursor.at(block, at, start, wanted);
    }

    /** Moves a cursor behind the chunk that it stands on. */
    void step(Cursor cursor, Block block, int at, long start) {
        int length = length(block, at);
        int next = at + size(length);
        long offset = start + length;
        if (offset >= end) {
            cursor.atEnd(end);
            return;
        }
        Block following = block.next;
        if (next >= block.fill && following != null) {
            cursor.at(following, 0, offset, offset);
        } else {
            cursor.at(block, next, offset, offset);
        }
    }

    /** The offset of the first byte held that was captured at this time or later; the end if there is none. */
    public long offsetSince(long timeMicros) {
        if (held() == 0) {
            return end;
        }
        Block block = headBlock();
        int at = headAt;
        long start = recordStart;
        Block next = block.next;
        while (next != null && time(next, 0) < timeMicros) {
            block = next;
            at = 0;
            start = block.start;
            next = block.next;
        }
        while (at < block.fill && time(block, at) < timeMicros) {
            start += length(block, at);
            at += size(length(block, at));
        }
        return Math.max(base, start);
    }

    // For who goes through the blocks.

    @Nullable
    Block oldest() {
        return head;
    }

    @Nullable
    Block newest() {
        return tail;
    }

    @Nullable
    Block before(Block block) {
        return block.previous;
    }

    long start(Block block) {
        return block == head ? recordStart : block.start;
    }

    /** Where the chunks of a block lie that are held, oldest first. */
    int[] chunks(Block block) {
        int[] places = new int[16];
        int count = 0;
        for (int at = block == head ? headAt : 0; at < block.fill; at += size(length(block, at))) {
            if (count == places.length) {
                places = Arrays.copyOf(places, count * 2);
            }
            places[count++] = at;
        }
        return Arrays.copyOf(places, count);
    }

    int length(Block block, int at) {
        return posix.getInt(arena.address(block.index) + at + LENGTH);
    }

    long rank(Block block, int at) {
        return posix.getLong(arena.address(block.index) + at + RANK);
    }

    long time(Block block, int at) {
        return posix.getLong(arena.address(block.index) + at + TIME);
    }

    /** Where the bytes of a chunk lie. */
    long bytes(Block block, int at) {
        return arena.address(block.index) + at + HEADER;
    }
}
