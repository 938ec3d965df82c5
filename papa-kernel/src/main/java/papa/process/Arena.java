package papa.process;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.BitSet;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/**
 * The memory that holds all captured output: one memory file of a fixed size, mapped, handed out in blocks. It is the
 * kernel's stated ceiling, it lies off the heap, and its descriptor can be passed on.
 *
 * <pre>
 *   block 0 │ block 1 │ …… │ directory: for each block long owner (0: nobody's), long start
 * </pre>
 *
 * <p>Whoever finds this file when the kernel was killed, at whatever instruction, can tell what each stream held: a block's
 * owner is written last when it is handed out; what is free, and what lies behind the last chunk of a block, is zeros
 * ({@link BlockChain#seal}).
 *
 * <p>Blocks given back are used again first, so that what is resident follows what is needed; past a reserve, their
 * pages are returned to the machine. Loop thread only.
 */
public final class Arena {
    /** Bytes in a block. */
    public static final int BLOCK = 16 * 1024;

    private static final String NAME = "papa-output";
    private static final int S_IFREG = 0x8000;

    /** How many free blocks may stay resident: 4 MiB. */
    private static final int RESERVE = 256;

    /** Bytes of an entry of the directory. */
    public static final int ENTRY = 16;

    /** So much can be mapped in one piece: 2 GiB. */
    private static final int MOST_BLOCKS = Integer.MAX_VALUE / (BLOCK + ENTRY);

    private final Posix posix;
    private final boolean shared;
    private int file = -1;
    private long address;

    /** Its address; 0 where there is none: another program's memory had no room for it. */
    private long directory;

    private int blocks;
    private int[] free = new int[RESERVE];
    private int freeCount;
    private int neverUsed;
    private int discarded;
    private BitSet claimed = new BitSet();

    /** Whether a program before us left zeros where zeros are to be, and the directory as it is to be. */
    private boolean clean = true;

    private Runnable releaseListener = () -> {};

    /** @param bytes the ceiling; a block at least */
    public Arena(Posix posix, long bytes) throws PosixException {
        this(posix, false);
        int wanted = (int) Math.min(MOST_BLOCKS, Math.max(1, bytes / BLOCK));
        int fd = PosixException.check("make a memory file", posix.memoryFile(NAME, bytes(wanted)));
        PosixException.check("map the memory file", map(fd, wanted, true));
    }

    private Arena(Posix posix, boolean shared) {
        this.posix = posix;
        this.shared = shared;
    }

    private static long bytes(int blocks) {
        return (long) blocks * (BLOCK + ENTRY);
    }

    private long map(int fd, int wanted, boolean withDirectory) {
        long mapped = posix.mapShared(fd, withDirectory ? bytes(wanted) : (long) wanted * BLOCK);
        if (mapped >= 0) {
            file = fd;
            address = mapped;
            blocks = wanted;
            directory = withDirectory ? mapped + (long) wanted * BLOCK : 0;
        }
        return mapped;
    }

    /**
     * {@code arena}: file (the memory file), blocks (its size), used (so many from its beginning have been handed out at
     * some time), clean (1: what is free is zeros, and there is a directory). Which of those are free is not told: those
     * that no stream has.
     */
    public void save(StateWriter out) {
        out.line("arena")
                .descriptor("file", file)
                .put("blocks", blocks)
                .put("used", neverUsed)
                .flag("clean", clean && directory != 0)
                .end();
    }

    /** One without memory, until {@link #restore}. */
    public static Arena toRestore(Posix posix) {
        return new Arena(posix, false);
    }

    /** The same, to show that it could be: the kernel goes on writing there, and what lies in it is not what the state tells. */
    public static Arena toProve(Posix posix) {
        return new Arena(posix, true);
    }

    /** Whether another kernel writes there at the same time, so that nothing there may be relied on. */
    boolean isShared() {
        return shared;
    }

    /** Maps the memory that a kernel had; each block that is in use is then to be {@link #claim}ed. */
    public void restore(StateLine line) throws StateException {
        if (file >= 0) {
            throw line.wrong("there is one already");
        }
        int fd = line.descriptor("file");
        int size = line.integer("blocks", 1, MOST_BLOCKS);
        neverUsed = line.integer("used", 0, size);
        demandMemoryFile(line, fd);
        clean = line.flag("clean");
        long mapped = map(fd, size, clean);
        if (mapped < 0) {
            throw line.wrong("the memory file " + fd + " cannot be mapped: " + Errno.of(mapped));
        }
    }

    /** What another file holds is not to be written over. */
    private void demandMemoryFile(StateLine line, int fd) throws StateException {
        if (!isMemoryFile(posix, fd)) {
            throw line.wrong("file=" + fd + " is no memory file");
        }
    }

    /** Whether that is a file of memory alone, which has no name. */
    public static boolean isMemoryFile(Posix posix, int fd) {
        long[] found = new long[2];
        long[] fresh = new long[2];
        int other = posix.memoryFile(NAME, 0);
        posix.identify(other, fresh);
        posix.close(other);
        return other >= 0 && posix.identify(fd, found) == S_IFREG && found[0] == fresh[0];
    }

    /** A stream takes up a block that it had; false if it cannot have been its own. */
    boolean claim(long block) {
        if (block < 0 || block >= neverUsed || claimed.get((int) block)) {
            return false;
        }
        claimed.set((int) block);
        return true;
    }

    /** All that were in use have been claimed. The memory itself is not touched before {@link #resume}. */
    public void restored() {
        for (int block = neverUsed - 1; block >= 0; block--) {
            if (!claimed.get(block)) {
                push(block);
            }
        }
        claimed = new BitSet();
    }

    /** The memory file. */
    public int file() {
        return file;
    }

    /**
     * Gives back what is free beyond the reserve; it is not known whether it was given back before. All that is free, where it
     * was not kept clean.
     */
    public void resume() {
        if (!clean) {
            if (posix.truncate(file, bytes(blocks)) >= 0 && map(file, blocks, true) >= 0) {
                // What streams have stays: whoever finds it in this very moment is to know. What they have not is
                // nobody's.
                posix.clear(directory + (long) neverUsed * ENTRY, (long) (blocks - neverUsed) * ENTRY);
                for (int i = 0; i < freeCount; i++) {
                    posix.putLong(directory + (long) free[i] * ENTRY, 0);
                }
            }
            for (int i = Math.max(0, freeCount - RESERVE); i < freeCount; i++) {
                posix.clear(address(free[i]), BLOCK);
            }
            if (neverUsed < blocks) { // one that was just given back, and was the last
                posix.discard(address(neverUsed), (long) (blocks - neverUsed) * BLOCK);
            }
        }
        while (discarded < freeCount - RESERVE) {
            int from = discarded;
            int lowest = free[discarded++];
            while (discarded < freeCount - RESERVE && free[discarded] == lowest - 1) {
                lowest = free[discarded++];
            }
            posix.discard(address(lowest), (long) (discarded - from) * BLOCK);
        }
    }

    /** A block, or -1 at the ceiling. */
    int allocate() {
        if (freeCount > 0) {
            discarded = Math.min(discarded, freeCount - 1);
            return free[--freeCount];
        }
        return neverUsed < blocks ? neverUsed++ : -1;
    }

    /** A stream has this block from now on: it begins at this offset of it. Owners are not 0. */
    void own(int block, long owner, long start) {
        if (directory != 0) {
            long entry = directory + (long) block * ENTRY;
            posix.putLong(entry + 8, start);
            VarHandle.releaseFence();
            posix.putLong(entry, owner);
        }
    }

    /** A stream has it still, and it was not kept clean: what lies behind its chunks is to be zeros. */
    void tidy(int block, int fill) {
        if (!clean) {
            posix.clear(address(block) + fill, BLOCK - fill);
        }
    }

    /** All that was to be tidied has been. */
    public void tidied() {
        clean = true;
    }

    /** @param fill how far it was written to */
    void release(int block, int fill) {
        if (directory != 0) {
            posix.putLong(directory + (long) block * ENTRY, 0); // in one step: nobody's, whatever it began with
        }
        VarHandle.releaseFence();
        posix.clear(address(block), fill);
        push(block);
        releaseListener.run();
        // The bottom of the stack is used last: that is what may go.
        while (freeCount - discarded > RESERVE) {
            posix.discard(address(free[discarded++]), BLOCK);
        }
    }

    private void push(int block) {
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, free.length * 2);
        }
        free[freeCount++] = block;
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
