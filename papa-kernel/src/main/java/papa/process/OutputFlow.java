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
 * From the pipes into memory, within the limits; what is written in small pieces in {@link papa.loop.EventLoop#addPaced
 * paced} turns, a flood ({@link Rate}) as it comes. When a process's buffer is full, who should commit decides: while the
 * holder of its lease attends to it, the process is held back, as a full pipe would, as long as the stream's {@link
 * Backlog} says; otherwise the oldest chunks go and are counted. At the ceiling of all memory the largest buffer that may drop does. Loop thread only.
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

    private final Stumbled stumbled;
    private final long discardBuffer;
    private boolean deaf;
    private long rank;
    private long droppedTotal;
    private Consumer<Capture> emptied = capture -> {};

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
        this.stumbled = new Stumbled(loop, everybody, this::beginAgain);
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

    /** Has a listener told of each stream all of which was dropped: nothing in memory tells any more how far it came. */
    public void onEmptied(Consumer<Capture> listener) {
        emptied = listener;
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
        everybody.get().forEach(each -> each.captures.forEach(capture -> capture.backlog.excuse(now)));
    }

    /** The rank of the newest chunk. */
    public long rank() {
        return rank;
    }

    /** Goes on with a process that was restored, when all of them have been. */
    public void resume(Incarnation process) {
        for (Capture capture : process.captures) {
            capture.chain.takenOver();
            if (capture.backlog.heldBack) {
                waitForCommit(capture);
            } else if (!capture.atEnd() && !starved.contains(capture)) {
                begin(capture);
            }
        }
        starved.feedAll();
    }

    public void begin(Capture capture) {
        EventLoop.Handler handler = events -> readable(capture, events);
        Supplier<String> what = () -> "the output of " + capture.owner.spec.name();
        if (capture.rate.isFlood()) {
            loop.addForCertain(capture.pipe, Posix.EPOLLIN, handler, what);
        } else {
            loop.addPaced(capture.pipe, Posix.EPOLLIN, handler, what);
        }
    }

    private void readable(Capture capture, int events) {
        try {
            take(capture, events);
        } catch (RuntimeException | LinkageError | VirtualMachineError fault) {
            stumbled.add(capture, fault);
        }
    }

    /** After a fault, which may have come anywhere in {@link #take}: whether it is to wait is found out anew. */
    private void beginAgain(Capture capture) {
        capture.tellAgain();
        starved.remove(capture);
        stopWaiting(capture.backlog);
        if (!capture.atEnd()) {
            begin(capture);
        }
    }

    private void take(Capture capture, int events) {
        boolean isComplete = (events & Posix.EPOLLHUP) != 0;
        if (isComplete && (events & Posix.EPOLLIN) == 0) {
            close(capture); // empty, and without a writer: to see that takes no memory
            return;
        }
        long met = read(capture, isComplete);
        if (!capture.atEnd() && capture.rate.changes(met, System.nanoTime()) && isWatched(capture)) {
            loop.remove(capture.pipe);
            begin(capture);
        }
    }

    private boolean isWatched(Capture capture) {
        return !capture.backlog.heldBack && !starved.contains(capture);
    }

    /**
     * Reads what is there, within limits. How many bytes that were.
     *
     * @param isComplete nobody can write any more, so it is read to its end without another event
     */
    private long read(Capture capture, boolean isComplete) {
        Incarnation process = capture.owner;
        long start = capture.end();
        for (int reads = 0; reads < READS_IN_A_TURN && !capture.atEnd(); reads++) {
            if (process.forgotten) {
                return discard(capture);
            }
            if (mustWait(capture) && !isTiredOf(capture)) {
                holdBack(capture);
                return capture.end() - start;
            }
            long before = capture.end();
            Capture.Progress progress;
            try {
                progress = capture.read(rank + 1, Micros.now());
            } finally {
                if (capture.end() > before) {
                    if (capture.held() == capture.end() - before) {
                        capture.backlog.begins(System.nanoTime());
                    }
                    rank++;
                }
            }
            if (capture.end() > before) {
                trim(process);
            }
            switch (progress) {
                case MORE_MAY_COME -> {}
                case NOTHING_NOW -> {
                    if (!isComplete) {
                        return capture.end() - start;
                    }
                }
                case NO_MEMORY -> {
                    if (!dropFromLargest()) {
                        loop.remove(capture.pipe);
                        starved.add(capture);
                        return capture.end() - start;
                    }
                }
                case AT_END -> close(capture);
            }
        }
        return capture.end() - start;
    }

    /** Ends the reading of a pipe. */
    private void close(Capture capture) {
        loop.remove(capture.pipe);
        posix.close(capture.pipe);
        capture.pipe = -1;
        outputEnded.accept(capture.owner);
    }

    private long discard(Capture capture) {
        long count = posix.read(capture.pipe, discardBuffer, DISCARD_AT_ONCE);
        if (count == 0 || (count < 0 && !Errno.EAGAIN.is(count) && !Errno.EINTR.is(count))) {
            close(capture);
        }
        return Math.max(0, count);
    }

    private static boolean isFull(Incarnation process) {
        long limit = process.spec.bufferSize();
        return process.held() >= limit || takesTooMuch(process.blocks(), limit);
    }

    private static boolean isOver(Incarnation process) {
        long limit = process.spec.bufferSize();
        return process.held() > limit || takesTooMuch(process.blocks(), limit);
    }

    /** Chunks of a few bytes take more room than they hold: what the blocks take may be twice the limit. */
    private static boolean takesTooMuch(int blocks, long limit) {
        return (long) blocks * Arena.BLOCK > 2 * limit + 4 * Arena.BLOCK;
    }

    /** Whether what it holds may go when room is wanted. */
    private boolean mayDrop(Capture capture) {
        return capture.backlog.unattended || !attended.test(capture.owner.spec.name());
    }

    /**
     * Whether it has taken all the room that it may take before something is committed. A stream never waits for room that
     * its sibling has taken: it may have half of it for itself. And those that wait without end leave a quarter of all
     * memory to others.
     */
    private boolean mustWait(Capture capture) {
        boolean takesAll = isFull(capture.owner) && takesHalf(capture);
        return (takesAll || (capture.backlog.blocks() && capture.held() > 0 && starved.isNear())) && !mayDrop(capture);
    }

    private static boolean takesHalf(Capture capture) {
        long limit = capture.owner.spec.bufferSize();
        return capture.held() >= limit / 2 || takesTooMuch(2 * capture.blocks(), limit);
    }

    /** Whether its commit is overdue; then its oldest go, from now on until there is one. */
    private boolean isTiredOf(Capture capture) {
        capture.backlog.unattended = !deaf && capture.backlog.leftNanos(System.nanoTime()) <= 0;
        return capture.backlog.unattended;
    }

    /**
     * Drops what is over the limit, oldest first, but never the chunk that was just read: papa's rule, too, by which what
     * is larger than the whole buffer is kept alone.
     */
    private void trim(Incarnation process) {
        while (isOver(process)) {
            Capture oldest = oldestToDrop(process);
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

    private @Nullable Capture oldestToDrop(Incarnation process) {
        Capture oldest = null;
        for (Capture capture : process.captures) {
            long rank = capture.oldestRank();
            if (rank != Long.MAX_VALUE && (oldest == null || rank < oldest.oldestRank()) && mayDrop(capture)) {
                oldest = capture;
            }
        }
        return oldest;
    }

    /**
     * Frees a block of whichever stream takes the most of those that may drop; among many that take as little, of the one that
     * holds the most bytes, so that a single line is the last to go.
     */
    private boolean dropFromLargest() {
        Capture largest = null;
        for (Incarnation each : everybody.get()) {
            for (Capture capture : each.captures) {
                if (capture.blocks() > 0 && (largest == null || takesMore(capture, largest)) && mayDrop(capture)) {
                    largest = capture;
                }
            }
        }
        if (largest == null) {
            return false;
        }
        int before = largest.blocks();
        while (largest.oldestRank() != Long.MAX_VALUE && largest.blocks() == before) {
            drop(largest);
        }
        if (largest.held() == 0) {
            emptied.accept(largest);
        }
        return largest.blocks() < before;
    }

    private static boolean takesMore(Capture one, Capture other) {
        int difference = one.blocks() - other.blocks();
        return difference > 0 || (difference == 0 && one.held() > other.held());
    }

    private void holdBack(Capture capture) {
        loop.remove(capture.pipe);
        capture.backlog.heldBack = true;
        waitForCommit(capture);
    }

    /** Looks again now and then: each commit holds it back anew, and timers for hours would fill the heap. */
    private void waitForCommit(Capture capture) {
        Backlog backlog = capture.backlog;
        if (!backlog.blocks()) {
            EventLoop.Timer patience = backlog.patience;
            if (patience == null) {
                patience = loop.timer(() -> endPatience(capture));
                backlog.patience = patience;
            }
            long left = Math.max(0, backlog.leftNanos(System.nanoTime()));
            patience.set(deaf ? PATIENCE_NANOS : Math.min(left, PATIENCE_NANOS));
        }
    }

    private void endPatience(Capture capture) {
        if (isTiredOf(capture)) {
            goOn(capture);
        } else {
            waitForCommit(capture);
        }
    }

    /** Reads again from a process that was held back. */
    public void goOn(Incarnation process) {
        process.captures.forEach(this::goOn);
    }

    private static void stopWaiting(Backlog backlog) {
        backlog.heldBack = false;
        if (backlog.patience != null) {
            backlog.patience.cancel();
        }
    }

    private void goOn(Capture capture) {
        Backlog backlog = capture.backlog;
        if (backlog.heldBack) {
            stopWaiting(backlog);
            if (!capture.atEnd() && !starved.contains(capture)) {
                begin(capture);
            }
        }
    }

    /**
     * What becomes of a stream of which nothing is committed, while the holder of its lease attends and there is no more room.
     *
     * @param afterNanos how long its process waits until the oldest bytes go; {@link Backlog#NEVER}: as long as it takes
     */
    public void overflow(Capture capture, long afterNanos) {
        capture.backlog.overflow(afterNanos);
        goOn(capture); // whether it is to wait is found out anew
    }

    /** Whoever attended to it has gone, and what he said with him: the next one gets the time of all, and the process, too. */
    public void leftAlone(Incarnation process) {
        process.captures.forEach(capture -> overflow(capture, PATIENCE_NANOS));
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

    /** Something of a stream was committed. */
    public void committed(Capture committed) {
        long now = System.nanoTime();
        committed.backlog.committed(now);
        committed.owner.committedNanos = now;
        for (Capture capture : committed.owner.captures) {
            if (capture.backlog.heldBack && !mustWait(capture)) {
                goOn(capture);
            }
        }
    }
}
