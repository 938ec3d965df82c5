package papa.process;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import papa.posix.Posix;

/**
 * Where the chunks of one stream lie: one behind another, in a chain of blocks of the arena.
 *
 * <pre>
 *   block   ▒▒▒▒▒▒▒▒ chunk │ chunk │      ─►  chunk │ chunk │ chunk      ─►  chunk │ free
 *           (freed)  ▲ headAt       fill                           fill               fill
 *   chunk   int length, long rank, long time, then its bytes; never over the end of a block
 * </pre>
 *
 * <p>Loop thread only.
 */
final class BlockChain {
    static final int LENGTH = 0;
    static final int RANK = 4;
    static final int TIME = 12;

    /** More than the fields take: the machine copies faster to and from an address that is a multiple of 32. */
    static final int HEADER = 32;

    static final int ALIGNMENT = 8;

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

        /** Bytes that one more chunk may have; less than zero if there is no room for any. */
        int room() {
            return Arena.BLOCK - HEADER - fill;
        }
    }

    private final Posix posix;
    private final Arena arena;
    private final long owner;
    private @Nullable Block head;
    private @Nullable Block tail;
    private int headAt;
    private int count;

    /** @param owner what stands for this stream in the arena's directory */
    BlockChain(Posix posix, Arena arena, long owner) {
        this.posix = posix;
        this.arena = arena;
        this.owner = owner;
    }

    /** What a chunk of so many bytes takes in its block. */
    static int size(int length) {
        return HEADER + (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** How many blocks there are. */
    int count() {
        return count;
    }

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

    /** The oldest block, of which there must be one. */
    Block head() {
        Block first = head;
        if (first == null) {
            throw new IllegalStateException("no chunk is held");
        }
        return first;
    }

    /** Where the oldest chunk lies in the oldest block. */
    int headAt() {
        return headAt;
    }

    void headAt(int at) {
        headAt = at;
    }

    Block append(Block block) {
        Block last = tail;
        if (last == null) {
            head = block;
            headAt = 0;
        } else {
            last.next = block;
            block.previous = last;
        }
        tail = block;
        count++;
        return block;
    }

    /**
     * The newest block, or a new one if that has no room for so many bytes; null if there is no memory.
     *
     * @param end the offset at which a new one begins
     */
    @Nullable
    Block withRoom(int least, long end) {
        Block last = tail;
        if (last != null && last.room() >= least) {
            return last;
        }
        int index = arena.allocate();
        if (index < 0) {
            return null;
        }
        arena.own(index, owner, end);
        return append(new Block(index, end));
    }

    /** All blocks were another program's before: the directory may not tell of them. */
    void takenOver() {
        for (Block block = head; block != null; block = block.next) {
            arena.tidy(block.index, block.fill);
            arena.own(block.index, owner, block.start);
        }
    }

    /**
     * Makes the bytes that were put behind its last chunk one more; where it lies. Its length is written last: a chunk without
     * one, behind which there are bytes, is one that was read and not sealed when the kernel was killed.
     */
    int seal(Block block, int length, long rank, long timeMicros) {
        int at = block.fill;
        long chunk = arena.address(block.index) + at;
        posix.putLong(chunk + RANK, rank);
        posix.putLong(chunk + TIME, timeMicros);
        VarHandle.releaseFence();
        posix.putInt(chunk + LENGTH, length);
        block.fill += size(length);
        return at;
    }

    /** Gives back a block that was taken for a read that brought nothing. */
    void trimEmptyTail() {
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
            arena.release(last.index, last.fill);
            count--;
        }
    }

    /** Forgets the oldest chunk. */
    void removeOldest() {
        Block first = head();
        headAt += size(length(first, headAt));
        if (headAt >= first.fill) {
            releaseHead();
        }
    }

    void clear() {
        while (head != null) {
            releaseHead();
        }
    }

    private void releaseHead() {
        Block first = head;
        if (first != null) {
            arena.release(first.index, first.fill);
            count--;
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

    /** Where the chunks of a block lie that are held, oldest first. */
    int[] chunks(Block block) {
        int[] places = new int[16];
        int found = 0;
        for (int at = block == head ? headAt : 0; at < block.fill; at += size(length(block, at))) {
            if (found == places.length) {
                places = Arrays.copyOf(places, found * 2);
            }
            places[found++] = at;
        }
        return Arrays.copyOf(places, found);
    }

    /** Bytes of the chunk that lies there. */
    int length(Block block, int at) {
        return posix.getInt(arena.address(block.index) + at + LENGTH);
    }

    long rank(Block block, int at) {
        return posix.getLong(arena.address(block.index) + at + RANK);
    }

    /** Microseconds. */
    long time(Block block, int at) {
        return posix.getLong(arena.address(block.index) + at + TIME);
    }

    /** The address of a chunk's bytes; of those that come next, if it is the block's fill. */
    long bytes(Block block, int at) {
        return arena.address(block.index) + at + HEADER;
    }
}
