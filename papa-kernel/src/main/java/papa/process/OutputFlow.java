package papa.process;

import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.loop.Micros;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/**
 * From the pipes into memory, within the limits. When a process's buffer is full, who should commit decides: while the
 * holder of its lease attends to it, the process is held back, as a full pipe would; otherwise the oldest chunks go and
 * are counted. At the ceiling of all memory the largest buffer that may drop does. Loop thread only.
 */
public final class OutputFlow {
    /** How long a full buffer holds its process back without any commit. */
    public static final long PATIENCE_NANOS = 5_000_000_000L;

    private static final int READS_IN_A_TURN = 8;
    private static final int DISCARD_AT_ONCE = 64 * 1024;

    private final Posix posix;
    private final EventLoop loop;
    private final Predicate<String> attended;
    private final Supplier<Iterable<Incarnation>> everybody;
    private final Consumer<Incarnation> outputEnded;

    /** Those that wait for memory. */
    public final Starved starved;

    private final long discardBuffer;
    private boolean deaf;
    private long rank;
    private long droppedTotal;

    /**
     * @param attended whether the holder of a lease attends to a name
     * @param outputEnded told when a pipe has come to its end
     */
    public OutputFlow(
            Posix posix,
            EventLoop loop,
            Predicate<String> attended,
            Arena arena,
            Supplier<Iterable<Incarnation>> everybody,
            Consumer<Incarnation> outputEnded) {
        this.posix = posix;
        this.loop = loop;
        this.attended = attended;
        this.everybody = everybody;
        this.outputEnded = outputEnded;
        this.discardBuffer = posix.allocate(DISCARD_AT_ONCE);
        this.starved = new Starved(loop, arena, everybody, this::begin);
        arena.onRelease(starved::feed);
    }

    /**
     * {@code output}: rank (of the newest chunk), dropped (bytes since the kernel began), and what {@link Starved} tells. To
     * be written before any stream.
     */
    public void save(StateWriter out) {
        StateWriter.Line line = out.line("output").put("rank", rank).put("dropped", droppedTotal);
        starved.put(line);
        line.end();
    }

    public void restore(StateLine line) throws StateException {
        rank = line.number("rank", 0, Long.MAX_VALUE);
        droppedTotal = line.number("dropped", 0, Long.MAX_VALUE);
        starved.restore(line);
    }

    /** {@code held-back}: nanoseconds for which a full buffer still holds a process back. */
    void put(StateWriter.Line line, Incarnation process) {
        if (process.heldBack != null) {
            line.put("held-back", process.heldBack.leftNanos());
        }
    }

    void restore(StateLine line, Incarnation process) throws StateException {
        if (line.has("held-back")) {
            waitForCommit(process, line.number("held-back", 0, PATIENCE_NANOS));
        }
    }

    /** No requests are read for now: nobody can commit, so nobody's patience ends. */
    public void pause() {
        deaf = true;
        starved.pause(true);
    }

    /** They are read again: who has to commit has all the time for it once more. */
    public void unpause() {
        deaf = false;
        starved.pause(false);
        long now = System.nanoTime();
        everybody.get().forEach(each -> each.committedNanos = now);
    }

    /** The rank of the newest chunk. */
    public long rank() {
        return rank;
    }

    /** Goes on with a process that was restored, when all of them have been. */
    public void resume(Incarnation process) {
        for (Capture capture : process.captures) {
            if (!capture.atEnd() && process.heldBack == null && !starved.contains(capture)) {
                begin(capture);
            }
        }
        starved.feed();
    }

    public void begin(Capture capture) {
        loop.addForCertain(
                capture.pipe,
                Posix.EPOLLIN,
                events -> readable(capture, events),
                () -> "the output of " + capture.owner.spec.name());
    }

    private void readable(Capture capture, int events) {
        if ((events & Posix.EPOLLIN) == 0 && (events & Posix.EPOLLHUP) != 0) {
            close(capture); // empty, and without a writer: to see that takes no memory
            return;
        }
        Incarnation process = capture.owner;
        for (int reads = 0; reads < READS_IN_A_TURN && !capture.atEnd(); reads++) {
            if (process.forgotten) {
                discard(capture);
                return;
            }
            if (isFull(process) && mustWait(process)) {
                holdBack(process);
                return;
            }
            long before = capture.end();
            Capture.Progress progress = capture.read(rank + 1, Micros.now());
            if (capture.end() > before) {
                if (process.held() == capture.end() - before) {
                    process.holdsSinceNanos = System.nanoTime();
                }
                rank++;
                trim(process);
            }
            switch (progress) {
                case MORE_MAY_COME -> {}
                case NOTHING_NOW -> {
                    return;
                }
                case NO_MEMORY -> {
                    if (!dropFromLargest()) {
                        loop.remove(capture.pipe);
                        starved.add(capture);
                        return;
                    }
                }
                case AT_END -> close(capture);
            }
        }
    }

    /** Ends the reading of a pipe. */
    private void close(Capture capture) {
        loop.remove(capture.pipe);
        posix.close(capture.pipe);
        capture.pipe = -1;
        outputEnded.accept(capture.owner);
    }

    private void discard(Capture capture) {
        long count = posix.read(capture.pipe, discardBuffer, DISCARD_AT_ONCE);
        if (count == 0 || (count < 0 && !Errno.EAGAIN.is(count) && !Errno.EINTR.is(count))) {
            close(capture);
        }
    }

    private static boolean isFull(Incarnation process) {
        long limit = process.spec.bufferSize();
        return process.held() >= limit || takesTooMuch(process);
    }

    /** Chunks of a few bytes take more room than they hold: what the blocks take may be twice the limit. */
    private static boolean takesTooMuch(Incarnation process) {
        return (long) process.blocks() * Arena.BLOCK > 2 * process.spec.bufferSize() + 4 * Arena.BLOCK;
    }

    private boolean mustWait(Incarnation process) {
        return !process.unattended && attended.test(process.spec.name());
    }

    /**
     * Drops what is over the limit, oldest first, but never the chunk that was just read: papa's rule, too, by which what
     * is larger than the whole buffer is kept alone.
     */
    private void trim(Incarnation process) {
        while (isOver(process) && !mustWait(process)) {
            Capture oldest = oldest(process);
            if (oldest == null || oldest.oldestRank() == rank) {
                return;
            }
            drop(oldest);
        }
    }

    private void drop(Capture capture) {
        long before = capture.droppedTotal();
        capture.dropOldest();
        droppedTotal += capture.droppedTotal() - before;
    }

    /** Bytes dropped since the kernel began. */
    public long droppedTotal() {
        return droppedTotal;
    }

    private static boolean isOver(Incarnation process) {
        return process.held() > process.spec.bufferSize() || takesTooMuch(process);
    }

    static @Nullable Capture oldest(Incarnation process) {
        Capture oldest = null;
        for (Capture capture : process.captures) {
            long rank = capture.oldestRank();
            if (rank != Long.MAX_VALUE && (oldest == null || rank < oldest.oldestRank())) {
                oldest = capture;
            }
        }
        return oldest;
    }

    /**
     * Frees a block of whoever takes the most of those that may drop; among many that take as little, of who holds the
     * most bytes, so that a single line is the last to go.
     */
    private boolean dropFromLargest() {
        Incarnation largest = null;
        for (Incarnation each : everybody.get()) {
            if (each.blocks() > 0 && (largest == null || takesMore(each, largest)) && !mustWait(each)) {
                largest = each;
            }
        }
        if (largest == null) {
            return false;
        }
        int before = largest.blocks();
        Capture oldest = oldest(largest);
        while (oldest != null && largest.blocks() == before) {
            drop(oldest);
            oldest = oldest(largest);
        }
        return largest.blocks() < before;
    }

    private static boolean takesMore(Incarnation one, Incarnation other) {
        int difference = one.blocks() - other.blocks();
        return difference > 0 || (difference == 0 && one.held() > other.held());
    }

    private void holdBack(Incarnation process) {
        if (process.heldBack != null) {
            return;
        }
        for (Capture capture : process.captures) {
            if (!capture.atEnd()) {
                loop.remove(capture.pipe);
            }
        }
        waitForCommit(process, PATIENCE_NANOS);
    }

    private void waitForCommit(Incarnation process, long nanos) {
        process.heldBack = loop.after(nanos, () -> patienceEnds(process));
    }

    /** A commit that frees too little only gives it more time: a timer for each of thousands would fill the heap. */
    private void patienceEnds(Incarnation process) {
        long left = deaf ? PATIENCE_NANOS : process.committedNanos + PATIENCE_NANOS - System.nanoTime();
        if (left > 0) {
            waitForCommit(process, left);
            return;
        }
        process.unattended = true;
        goOn(process);
    }

    /** Reads again from a process that was held back. */
    public void goOn(Incarnation process) {
        EventLoop.Timer timer = process.heldBack;
        if (timer != null) {
            timer.cancel();
            process.heldBack = null;
            for (Capture capture : process.captures) {
                if (!capture.atEnd() && !starved.contains(capture)) {
                    begin(capture);
                }
            }
        }
    }

    /** What this process writes is wanted no more: what is held goes, and nothing holds it back. */
    public void forget(Incarnation process) {
        process.captures.forEach(Capture::clear);
        goOn(process);
        for (Capture capture : process.captures) {
            if (starved.remove(capture) && !capture.atEnd()) {
                begin(capture);
            }
        }
    }

    /** Something of this process's output was committed. */
    public void committed(Incarnation process) {
        process.unattended = false;
        process.committedNanos = System.nanoTime();
        if (process.heldBack != null && !isFull(process)) {
            goOn(process);
        }
    }
}
