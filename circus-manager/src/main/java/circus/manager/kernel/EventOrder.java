package circus.manager.kernel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import papa.wire.Frame;

/**
 * Tells a watcher of a process's end only after it was told of its launch. The kernel tells an end at the instant of
 * death, and a process that ends at once may be dead before the answer to its launch is written: such an end is kept
 * until that answer has been delivered. Runs on circus-loop.
 */
final class EventOrder {
    private final KernelEvents events;

    /** Incarnations that the watchers know, until nothing more can be told of them. */
    private final Set<Long> known = new HashSet<>();

    /** What was told of incarnations that may belong to a launch that is not answered yet. */
    private final Map<Long, List<Frame>> ahead = new LinkedHashMap<>();

    private int unanswered;

    EventOrder(KernelEvents events) {
        this.events = events;
    }

    /** A process was found, and its end, if it has come, is known. */
    void found(Attached process) {
        if (process.exit().isEmpty() || process.exit().get().leftovers() > 0) {
            known.add(process.incarnation());
        }
    }

    /** A launch was asked for. */
    void asked() {
        unanswered++;
    }

    /** A launch was answered, and the watcher has been told so. */
    void launched(long incarnation) {
        unanswered--;
        known.add(incarnation);
        List<Frame> kept = ahead.remove(incarnation);
        if (kept != null) {
            kept.forEach(this::deliver);
        }
        releaseOthers();
    }

    /** A launch failed, and the watcher has been told so. */
    void failed() {
        unanswered--;
        releaseOthers();
    }

    /** With no launch under way, what is still kept belongs to none. */
    private void releaseOthers() {
        if (unanswered == 0 && !ahead.isEmpty()) {
            List<List<Frame>> kept = List.copyOf(ahead.values());
            ahead.clear();
            kept.forEach(frames -> frames.forEach(this::deliver));
        }
    }

    void told(Frame frame) {
        if (!(frame instanceof Frame.Exit || frame instanceof Frame.Gone)) {
            return;
        }
        if (unanswered > 0 && !known.contains(frame.incarnation())) {
            ahead.computeIfAbsent(frame.incarnation(), incarnation -> new ArrayList<>())
                    .add(frame);
        } else {
            deliver(frame);
        }
    }

    private void deliver(Frame frame) {
        if (frame instanceof Frame.Exit exit) {
            if (exit.leftovers() == 0) {
                known.remove(exit.incarnation());
            }
            events.exited(exitOf(exit));
        } else {
            known.remove(frame.incarnation());
            events.gone(frame.incarnation());
        }
    }

    static Exit exitOf(Frame.Exit exit) {
        return new Exit(
                exit.incarnation(),
                exit.code(),
                Description.instant(exit.timeMicros()),
                exit.leftovers(),
                exit.usage());
    }
}
