package papa.process;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Frame.Channel;

/**
 * The streams that wait because all memory for output is taken, and nobody may drop any: until some becomes free, or until
 * those that hold it have not committed for too long. Loop thread only.
 */
public final class Starved {
    private final EventLoop loop;
    private final Arena arena;
    private final Supplier<Iterable<Incarnation>> everybody;
    private final Consumer<Capture> begin;
    private final ArrayDeque<Capture> waiting = new ArrayDeque<>();
    private EventLoop.@Nullable Timer hunger;
    private boolean feeding;
    private boolean all;
    private boolean paused;

    /** @param begin reads a stream again */
    Starved(EventLoop loop, Arena arena, Supplier<Iterable<Incarnation>> everybody, Consumer<Capture> begin) {
        this.loop = loop;
        this.arena = arena;
        this.everybody = everybody;
        this.begin = begin;
    }

    /** {@code hunger}: nanoseconds until those that hold the memory are looked at again; not there while nobody waits. */
    void put(StateWriter.Line line) {
        if (hunger != null) {
            line.put("hunger", hunger.leftNanos());
        }
    }

    void restore(StateLine line) throws StateException {
        if (line.has("hunger")) {
            hunger = loop.after(line.number("hunger", 0, OutputFlow.PATIENCE_NANOS), this::endHunger);
        }
    }

    /** {@code starved}: process, channel. Each that waits, those first that have waited longest; after all streams. */
    public void save(StateWriter out) {
        for (Capture capture : waiting) {
            out.line("starved")
                    .put("process", capture.owner.number)
                    .choice("channel", capture.channel)
                    .end();
        }
    }

    public void restore(StateLine line, Incarnation process) throws StateException {
        Capture capture = process.capture(line.choice("channel", Channel.class));
        if (capture == null || waiting.contains(capture)) {
            throw line.wrong("there is no such stream, or it waits already");
        }
        waiting.add(capture);
    }

    /** While nobody can commit, nobody is blamed for not having done so. */
    void pause(boolean now) {
        paused = now;
    }

    public int size() {
        return waiting.size();
    }

    /** Whether so little memory is left that those who may wait without end have to. */
    boolean isNear() {
        return arena.available() < arena.size() / 4;
    }

    boolean contains(Capture capture) {
        return waiting.contains(capture);
    }

    /** Whether it waited. */
    boolean remove(Capture capture) {
        return waiting.remove(capture);
    }

    /** There is no memory for this one, which is not read any more. */
    void add(Capture capture) {
        waiting.add(capture);
        if (hunger == null) {
            Log.info("all " + (long) arena.size() * Arena.BLOCK
                    + " bytes for output wait to be committed: the output of " + capture.owner.spec.name()
                    + " and perhaps of others waits for memory");
            hunger = loop.after(OutputFlow.PATIENCE_NANOS, this::endHunger);
        }
    }

    private void endHunger() {
        hunger = null;
        if (waiting.isEmpty()) {
            return;
        }
        if (paused) {
            hunger = loop.after(OutputFlow.PATIENCE_NANOS, this::endHunger);
            return;
        }
        long now = System.nanoTime();
        for (Incarnation each : everybody.get()) {
            each.captures.forEach(capture -> blame(capture, now));
        }
        hunger = loop.after(OutputFlow.PATIENCE_NANOS, this::endHunger);
        feedAll();
    }

    /** What waits to be committed for too long may go, unless its process is to wait: that holds no more than its part. */
    private static void blame(Capture capture, long nowNanos) {
        boolean tooLong = capture.held() > 0 && capture.backlog.waitedNanos(nowNanos) >= OutputFlow.PATIENCE_NANOS;
        capture.backlog.unattended |= tooLong && !capture.backlog.blocks();
    }

    /** Many may drop now who had to wait: there may be room for all, and who has nothing to say takes the turn of nobody. */
    public void feedAll() {
        all = true;
        feed();
    }

    /** Memory may have become free, or somebody may drop now who had to wait. */
    public void feed() {
        if (!feeding && !waiting.isEmpty()) {
            feeding = true;
            loop.atEndOfTurn(this::feedNow);
        }
    }

    /** Those who have waited longest first, and no more than can be served, if not all: each takes a block. */
    private void feedNow() {
        feeding = false;
        int most = all ? waiting.size() : Math.max(1, arena.available());
        all = false;
        while (most > 0 && !waiting.isEmpty()) {
            Capture capture = waiting.remove();
            if (!capture.atEnd() && !capture.backlog.heldBack) {
                begin.accept(capture);
                most--;
            }
        }
    }
}
