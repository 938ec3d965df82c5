package papa.kernel;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.posix.Posix;
import papa.process.Capture;
import papa.process.Incarnation;
import papa.process.TailSearch;
import papa.wire.Frame.Channel;

/** Looks for the place in each stream where a tail begins: a bounded piece at a time, so that nobody else waits. Loop thread only. */
final class TailBeginnings {
    /** How many bytes are looked at in one turn. */
    private static final long SEARCHED_IN_A_TURN = 256 * 1024;

    /** What a process costs besides its bytes, in bytes. */
    private static final long COST_OF_A_PROCESS = 4 * 1024;

    /** Told of what is found. */
    interface Finder {
        /** Between these two offsets lies what is wanted of a stream as it is now. */
        void found(Capture capture, long begin, long end);

        /** All streams of a process have been told. */
        void foundAll(Incarnation process);

        /** Nothing is left to be looked for. */
        void done();
    }

    private final Posix posix;
    private final EventLoop loop;
    private final byte[] scratch;
    private final TailStart start;
    private final @Nullable Channel only;
    private final Finder finder;
    private final ArrayDeque<Incarnation> left = new ArrayDeque<>();
    private @Nullable TailSearch search;
    private boolean underWay;

    /** @param scratch room for the bytes of a chunk */
    TailBeginnings(
            Posix posix, EventLoop loop, byte[] scratch, TailStart start, @Nullable Channel only, Finder finder) {
        this.posix = posix;
        this.loop = loop;
        this.scratch = scratch;
        this.start = start;
        this.only = only;
        this.finder = finder;
    }

    void add(Incarnation process) {
        left.add(process);
    }

    boolean areFound() {
        return left.isEmpty();
    }

    /** Begins to look, or goes on. */
    void begin() {
        if (!underWay && !left.isEmpty()) {
            underWay = true;
            loop.post(this::lookOn);
        }
    }

    /** Nobody wants to know any more. */
    void end() {
        left.clear();
    }

    private void lookOn() {
        underWay = false;
        if (left.isEmpty()) {
            return;
        }
        long budget = SEARCHED_IN_A_TURN;
        while (budget >= 0 && !left.isEmpty()) {
            budget = lookAt(left.element(), budget - COST_OF_A_PROCESS);
        }
        if (left.isEmpty()) {
            finder.done();
        } else {
            begin();
        }
    }

    /** What is left of the budget; less than zero if not all is found in this process. */
    private long lookAt(Incarnation process, long budget) {
        List<Capture> captures = process.captures.stream()
                .filter(each -> only == null || each.channel == only)
                .toList();
        long rest = budget;
        if (start.unit() == TailStart.Unit.LINES || start.unit() == TailStart.Unit.BYTES) {
            TailSearch current = search;
            if (current == null) {
                boolean inLines = start.unit() == TailStart.Unit.LINES;
                current = new TailSearch(posix, scratch, captures, inLines, start.amount());
                search = current;
            }
            rest = current.look(Math.max(0, budget));
            if (rest < 0) {
                return rest;
            }
            search = null;
            current.lanes().forEach(each -> finder.found(each.capture, each.begin, each.end));
        } else {
            captures.forEach(each -> finder.found(each, beginning(each), each.end()));
        }
        left.remove();
        finder.foundAll(process);
        return rest;
    }

    private long beginning(Capture capture) {
        if (start.unit() == TailStart.Unit.OFFSET) {
            return start.amount();
        }
        boolean lost = capture.committed() < capture.base() && capture.forgottenTime() >= start.amount();
        return lost ? capture.committed() : capture.offsetSince(start.amount());
    }
}
