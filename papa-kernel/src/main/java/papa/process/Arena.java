package papa.process;

import java.util.Arrays;
import papa.posix.Posix;
import papa.posix.PosixException;

/**
 * The memory that holds all captured output: one memory file of a fixed size, mapped, handed out in blocks. It is the
 * kernel's stated ceiling, it lies off the heap, and its descriptor can be passed on.
 *
 * <p>Blocks given back are used again first, so that what is resident follows what is needed; past a reserve, their
 * pages are returned to the machine. Loop thread only.
 */
public final class Arena {
    /** Bytes in a block. */
    public static final int BLOCK = 16 * 1024;

    /** How many free blocks may stay resident: 4 MiB. */
    private static final int RESERVE = 256;

    private final Posix posix;
    private final long address;
    private final int blocks;
    private int[] free = new int[RESERVE];
    private int freeCount;
    private int neverUsed;
    private int discarded;
    private Runnable releaseListener = () -> {};

    /** @param bytes the ceiling; a block at least */
    public Arena(Posix posix, long bytes) throws PosixException {
        this.posix = posix;
        this.blocks = (int) Math.min(Integer.MAX_VALUE, Math.max(1, bytes / BLOCK));
        int fd = PosixException.check("make a memory file", posix.memoryFile("papa-output", (long) blocks * BLOCK));
        this.address = PosixException.check("map the memory file", posix.mapShared(fd, (long) blocks * BLOCK));
    }

    /** A block, or -1 at the ceiling. */
    int allocate() {
        if (freeCount > 0) {
            discarded = Math.min(discarded, freeCount - 1);
            return free[--freeCount];
        }
        return neverUsed < blocks ? neverUsed++ : -1;
    }

    void release(int block) {
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, free.length * 2);
        }
        free[freeCount++] = block;
        releaseListener.run();
        // The bottom of the stack is used last: that is what may go.
        while (freeCount - discarded > RESERVE) {
            posix.discard(address(free[discarded++]), BLOCK);
        }
    }

    long address(int block) {
        return address + (long) block * BLOCK;
    }

    /** Blocks in use. */
    public int used() {
        return neverUsed - freeCount;
    }

    /** Blocks that can still be handed out. */
    int available() {
        return blocks - used();
    }

    /** The ceiling, in blocks. */
    public int size() {
        return blocks;
    }

    /** Tells a listener whenever a block is given back. It must not allocate. */
    void onRelease(Runnable listener) {
        releaseListener = listener;
    }
}
