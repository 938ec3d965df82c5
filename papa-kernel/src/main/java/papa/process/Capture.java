package papa.process;

import java.util.ArrayList;
import java.util.List;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.process.BlockChain.Block;
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
 * <p>Offsets count bytes from the start of the process and never repeat. One read(2) is one chunk. Where they lie is the
 * business of a {@link BlockChain}. Loop thread only.
 */
public final class Capture {
    /** A read for less than this is not worth its chunk: a new block is begun. */
    private static final int SMALLEST_READ = 512;

    /**
     * The same where the newest chunk may be all that is kept: what a process writes at once comes as one chunk then, if it
     * is no more than this (pipe(7), PIPE_BUF).
     */
    private static final int WHOLE_WRITE = 4096;

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

    final BlockChain chain;

    /** Whether its last reading failed by a fault; {@link Stumbled}. */
    boolean stumbled;

    final Rate rate = new Rate();
    final Backlog backlog;

    /** The offset of the oldest chunk's first byte, which may be freed. */
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
        this.chain = new BlockChain(posix, arena, key(owner.number, channel));
        this.owner = owner;
        this.channel = channel;
        this.pipe = pipe;
        this.backlog = new Backlog(owner.committedNanos);
    }

    /** What stands for a stream in the arena's directory. */
    static long key(long number, Channel channel) {
        return number << 1 | (channel == Channel.ERR ? 1 : 0);
    }

    SavedCapture.Position position() {
        return new SavedCapture.Position(
                chain.headAt(), recordStart, base, committed, end, droppedTotal, forgottenRank, forgottenTime);
    }

    /** Goes on with what another capture had of the same stream; see {@link SavedCapture}, which has checked it. */
    void takeUp(SavedCapture.Position position, List<Block> blocks) {
        blocks.forEach(chain::append);
        chain.headAt(position.headAt());
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
        return chain.count();
    }

    boolean atEnd() {
        return pipe < 0;
    }

    /** The pipe's reading end, -1 once it is closed. */
    public int pipe() {
        return pipe;
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
        Block block = chain.withRoom(owner.spec.bufferSize() < Arena.BLOCK ? WHOLE_WRITE : SMALLEST_READ, end);
        if (block == null) {
            return Progress.NO_MEMORY;
        }
        int room = block.room();
        long count;
        try {
            count = posix.read(pipe, chain.bytes(block, block.fill), room);
        } catch (RuntimeException | LinkageError | VirtualMachineError fault) {
            chain.trimEmptyTail();
            throw fault;
        }
        if (count <= 0) {
            chain.trimEmptyTail();
            return count == 0 || !(Errno.EAGAIN.is(count) || Errno.EINTR.is(count))
                    ? Progress.AT_END
                    : Progress.NOTHING_NOW;
        }
        int at = chain.seal(block, (int) count, rank, timeMicros);
        long start = end;
        end += count;
        for (int i = 0; i < cursors.size(); i++) {
            cursors.get(i).arrived(block, at, start);
        }
        return count == room ? Progress.MORE_MAY_COME : Progress.NOTHING_NOW;
    }

    /** Has cursors that were not told of what has come, by a fault, told of it. */
    void tellAgain() {
        for (Cursor cursor : cursors) {
            if (cursor.isBehind()) {
                seek(cursor, cursor.offset());
                cursor.tell();
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
            int length = chain.length(chain.head(), chain.headAt());
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
        Block first = chain.head();
        int length = chain.length(first, chain.headAt());
        losses.dropped(base, chain.time(first, chain.headAt()));
        droppedTotal += recordStart + length - base;
        forgetOldest(length);
    }

    private void forgetOldest(int length) {
        leaveBehind(recordStart + length);
        chain.removeOldest();
        recordStart += length;
        base = recordStart;
    }

    /** What the oldest chunk has before {@code offset} is about to go: who has not read it remembers since when. */
    private void leaveBehind(long offset) {
        Block first = chain.head();
        forgottenRank = chain.rank(first, chain.headAt());
        forgottenTime = chain.time(first, chain.headAt());
        for (int i = 0; i < cursors.size(); i++) {
            cursors.get(i).leftBehind(offset, forgottenTime);
        }
    }

    /** Frees everything held, without counting it as lost. */
    public void clear() {
        commit(end);
        chain.clear();
    }

    /** The rank of the oldest chunk held, or {@link Long#MAX_VALUE} if none is. */
    long oldestRank() {
        Block first = chain.oldest();
        return first == null || base == end ? Long.MAX_VALUE : chain.rank(first, chain.headAt());
    }

    /** When the oldest chunk held was captured; microseconds. Something must be held. */
    long oldestTime() {
        return chain.time(chain.head(), chain.headAt());
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
        Block block = chain.head();
        int at = chain.headAt();
        long start = recordStart;
        Block next = block.next;
        while (next != null && next.start <= wanted && next.fill > 0) {
            block = next;
            at = 0;
            start = block.start;
            next = block.next;
        }
        while (start + chain.length(block, at) <= wanted) {
            start += chain.length(block, at);
            at += BlockChain.size(chain.length(block, at));
        }
        cursor.at(block, at, start, wanted);
    }

    /** Moves a cursor behind the chunk that it stands on. */
    void step(Cursor cursor, Block block, int at, long start) {
        int length = chain.length(block, at);
        int next = at + BlockChain.size(length);
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
        Block block = chain.head();
        int at = chain.headAt();
        long start = recordStart;
        Block next = block.next;
        while (next != null && chain.time(next, 0) < timeMicros) {
            block = next;
            at = 0;
            start = block.start;
            next = block.next;
        }
        while (at < block.fill && chain.time(block, at) < timeMicros) {
            start += chain.length(block, at);
            at += BlockChain.size(chain.length(block, at));
        }
        return Math.max(base, start);
    }
}
