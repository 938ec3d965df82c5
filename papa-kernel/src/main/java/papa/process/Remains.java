package papa.process;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import papa.state.StateWriter;
import papa.wire.Frame.Channel;

/**
 * One stream as it lies in the memory of a kernel that was killed at any instruction: block by block, chunk by chunk. What was read from
 * the pipe and not sealed yet is all that lies behind the last chunk: there are zeros else. That a read ended with zeros of its own
 * cannot be told then; no text does. Loop thread only.
 */
public final class Remains {
    public static final int BLOCK = Arena.BLOCK;
    public static final int ENTRY = Arena.ENTRY;

    /** @param start the offset of its first byte in the stream */
    public record Block(int index, long start) {}

    private record Filled(Block block, int fill) {}

    private final long committed;
    private final List<Filled> filled = new ArrayList<>();
    private int headAt;
    private long recordStart;
    private long end;
    private long newestRank;
    private int unsealedAt = -1;
    private int unsealedLength;

    /** @param committed its offset */
    public Remains(long committed) {
        this.committed = committed;
        this.recordStart = committed;
        this.end = committed;
    }

    /** What stands for a stream in the directory. */
    public static long key(long number, Channel channel) {
        return Capture.key(number, channel);
    }

    /**
     * Takes in the next block.
     *
     * @return false if it does not begin where the one before ends; then it is not taken
     */
    public boolean add(Block block, ByteBuffer bytes) {
        if (!filled.isEmpty() && block.start() != end) {
            return false;
        }
        boolean first = filled.isEmpty();
        int at = 0;
        long offset = block.start();
        int firstAt = 0;
        long firstStart = offset;
        int length = lengthAt(bytes, at);
        while (length > 0) {
            if (offset + length <= committed) {
                firstAt = at + BlockChain.size(length);
                firstStart = offset + length;
            }
            newestRank = Math.max(newestRank, bytes.getLong(at + BlockChain.RANK));
            offset += length;
            at += BlockChain.size(length);
            length = lengthAt(bytes, at);
        }
        unsealedAt = -1;
        unsealedLength = unsealed(bytes, at);
        if (unsealedLength > 0) {
            unsealedAt = at;
            at += BlockChain.size(unsealedLength);
            offset += unsealedLength;
        }
        if (firstAt == at) {
            if (first) {
                end = Math.max(end, offset); // nothing in it is still to be committed
            }
            return true;
        }
        if (first) {
            headAt = firstAt;
            recordStart = firstStart;
        }
        filled.add(new Filled(block, at));
        end = offset;
        return true;
    }

    private static int lengthAt(ByteBuffer bytes, int at) {
        if (at + BlockChain.HEADER >= BLOCK) {
            return 0;
        }
        int length = bytes.getInt(at + BlockChain.LENGTH);
        return length > 0 && length <= BLOCK - at - BlockChain.HEADER ? length : 0;
    }

    private static int unsealed(ByteBuffer bytes, int at) {
        int last = BLOCK - 1;
        while (last >= at + BlockChain.HEADER && bytes.get(last) == 0) {
            last--;
        }
        return Math.max(0, last + 1 - at - BlockChain.HEADER);
    }

    /** Where in the block that was added last something lies that was not sealed; -1 if nothing does. */
    public int unsealed() {
        return unsealedAt;
    }

    /** The header that seals it. */
    public ByteBuffer seal(long rank, long timeMicros) {
        newestRank = rank;
        return ByteBuffer.allocate(BlockChain.TIME + 8)
                .order(ByteOrder.nativeOrder())
                .putInt(BlockChain.LENGTH, unsealedLength)
                .putLong(BlockChain.RANK, rank)
                .putLong(BlockChain.TIME, timeMicros);
    }

    /** Of the chunks in the blocks. */
    public long newestRank() {
        return newestRank;
    }

    /**
     * Writes the keys of {@link SavedCapture} that tell where everything is.
     *
     * @param least the stream is known to have come so far
     * @param startedMicros when its process was started: nothing is known to have been captured before
     */
    public void put(StateWriter.Line line, long least, long dropped, long startedMicros) {
        long last = filled.isEmpty() ? Math.max(end, least) : end;
        long base = filled.isEmpty() ? last : Math.max(recordStart, committed);
        line.put("head-at", headAt)
                .put("record-start", filled.isEmpty() ? base : recordStart)
                .put("base", base)
                .put("committed", Math.min(committed, base))
                .put("end", last)
                .put("dropped", Math.min(last, dropped + base - Math.min(committed, base)))
                .put("forgotten-rank", 0)
                .put("forgotten-time", startedMicros);
        for (Filled each : filled) {
            line.tuple("block", each.block().index(), each.block().start(), each.fill());
        }
    }
}
