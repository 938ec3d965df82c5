package papa.process;

import org.jspecify.annotations.Nullable;
import papa.process.BlockChain.Block;

/**
 * A walk through one stream from its newest chunk to its oldest. It may rest between two steps while chunks come and go:
 * what was freed meanwhile is not reached. Loop thread only.
 */
final class Backwards {
    final Capture capture;

    private @Nullable Block block;
    private int[] chunks = new int[0];

    /** Of the chunk that it stands on; the number of chunks in the block before the first {@link #step} into it. */
    private int index;

    private long start;
    private int length;

    /** Stands behind the newest chunk. */
    Backwards(Capture capture) {
        this.capture = capture;
        this.start = capture.end();
        enter(capture.chain.newest());
    }

    private void enter(@Nullable Block entered) {
        block = entered;
        chunks = entered == null ? new int[0] : capture.chain.chunks(entered);
        index = chunks.length;
    }

    /** Goes to the chunk before; false if none is held there. */
    boolean step() {
        if (start <= capture.base()) {
            return false;
        }
        Block here = block;
        if (here != null && index == 0) {
            enter(capture.chain.before(here));
            here = block;
        }
        if (here == null || index == 0) {
            return false;
        }
        index--;
        length = capture.chain.length(here, chunks[index]);
        start -= length;
        return true;
    }

    /** Whether the chunk has not been freed since. */
    boolean isHeld() {
        return start + length > capture.base();
    }

    /** The offset of the chunk's first byte; it may be freed already where a commit ended inside the chunk. */
    long start() {
        return start;
    }

    int length() {
        return length;
    }

    long rank() {
        return capture.chain.rank(here(), chunks[index]);
    }

    /** Where the chunk's bytes lie. */
    long bytes() {
        return capture.chain.bytes(here(), chunks[index]);
    }

    private Block here() {
        Block block = this.block;
        if (block == null) {
            throw new IllegalStateException("it stands on no chunk");
        }
        return block;
    }
}
