package papa.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import papa.posix.Posix;

/**
 * From the pipes into memory, within the limits. When a process's buffer is full, who should commit decides: while the
 * holder of its lease attends to it, the process is held back, as a full pipe would; otherwise the oldest chunks go and
 * are counted. At the ceiling of all memory the largest buffer that may drop does. Loop thread only.
 */
final class OutputFlow {
    /** How long a full buffer holds its process back without any commit. */
    static final long PATIENCE_NANOS = 5_000_000_000L;

    private static final int READS_IN_A_TURN = 8;
    private static final int DISCARD_AT_ONCE = 64 * 1024;

    private final Posix posix;
    private final EventLoop loop;
    private final Leases leases;
    private final Supplier<Iterable<Incarnation>> everybody;
    private final Consumer<Incarnation> outputEnded;
    private final List<Capture> starved = new ArrayList<>();
    private final long discardBuffer;
    private EventLoop.@Nullable Timer hunger;
    private long rank;

    /** @param outputEnded told when a pipe has come to its end */
    OutputFlow(
            Posix posix,
            EventLoop loop,
            Leases leases,
            Supplier<Iterable<Incarnation>> everybody,
            Consumer<Incarnation> outputEnded) {
        this.posix = posix;
        this.loop = loop;
        this.leases = leases;
        this.everybody = everybody;
        this.outputEnded = outputEnded;
        this.discardBuffer = posix.allocate(DISCARD_AT_ONCE);
    }

    void begin(Capture capture) {
        loop.add(capture.pipe, Posix.EPOLLIN, events -> readable(capture));
    }

    private void readable(Capture capture) {
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
            switch (capture.read(++rank, Micros.now())) {
                case MORE_MAY_COME -> trim(process, capture);
                case NOTHING_NOW -> {
                    trim(process, capture);
                    return;
                }
                case NO_MEMORY -> {
                    if (!dropFromLargest()) {
                        starve(capture);
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
        if (count == 0) {
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
        return !process.unattended && leases.isAttended(process.spec.name());
    }

    /** Drops what is over the limit, oldest first, but never the newest chunk. */
    private void trim(Incarnation process, Capture newest) {
        if (mustWait(process)) {
            return;
        }
        while (process.held() > process.spec.bufferSize() || takesTooMuch(process)) {
            Capture oldest = oldest(process);
            if (oldest == null || (oldest == newest && newest.oldestRank() == rank)) {
                return;
            }
            oldest.dropOldest();
        }
    }

    private static @Nullable Capture oldest(Incarnation process) {
        Capture oldest = null;
        for (Capture capture : process.captures) {
            long rank = capture.oldestRank();
            if (rank != Long.MAX_VALUE && (oldest == null || rank < oldest.oldestRank())) {
                oldest = capture;
            }
        }
        return oldest;
    }

    private boolean dropFromLargest() {
        Incarnation largest = null;
        for (Incarnation each : everybody.get()) {
            boolean larger = largest == null || each.blocks() > largest.blocks();
            if (larger && each.blocks() > 0 && !mustWait(each)) {
                largest = each;
            }
        }
        Capture oldest = largest == null ? null : oldest(largest);
        int before = largest == null ? 0 : largest.blocks();
        while (largest != null && oldest != null && largest.blocks() == before) {
            oldest.dropOldest();
            oldest = oldest(largest);
        }
        return largest != null && largest.blocks() < before;
    }

    /** There is no memory: this pipe waits until some becomes free, or until who holds it all has not committed. */
    private void starve(Capture capture) {
        loop.remove(capture.pipe);
        starved.add(capture);
        if (hunger == null) {
            hunger = loop.after(PATIENCE_NANOS, this::endHunger);
        }
    }

    private void endHunger() {
        hunger = null;
        if (starved.isEmpty()) {
            return;
        }
        long latest = System.nanoTime() - PATIENCE_NANOS;
        for (Incarnation each : everybody.get()) {
            each.unattended |= each.committedNanos - latest <= 0;
        }
        feedStarved();
    }

    private void holdBack(Incarnation process) {
        for (Capture capture : process.captures) {
            if (!capture.atEnd()) {
                loop.remove(capture.pipe);
            }
        }
        waitForCommit(process);
    }

    private void waitForCommit(Incarnation process) {
        process.heldBack = loop.after(PATIENCE_NANOS, () -> {
            process.unattended = true;
            goOn(process);
        });
    }

    /** Reads again from a process that was held back. */
    void goOn(Incarnation process) {
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

    /** Something of this process's output was committed. */
    void committed(Incarnation process) {
        process.unattended = false;
        process.committedNanos = System.nanoTime();
        EventLoop.Timer patience = process.heldBack;
        if (patience != null && isFull(process)) {
            patience.cancel();
            waitForCommit(process);
        } else if (patience != null) {
            goOn(process);
        }
        feedStarved();
    }

    /** Memory may have become free. */
    void feedStarved() {
        if (!starved.isEmpty()) {
            List<Capture> waiting = List.copyOf(starved);
            starved.clear();
            waiting.stream()
                    .filter(capture -> !capture.atEnd() && capture.owner.heldBack == null)
                    .forEach(this::begin);
        }
    }
}
