package circus.manager.output;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The streams with an open line, and when it is written as far as it goes: a second after it began. A character that is
 * not complete then has another second. Runs on circus-output only.
 */
final class OpenLines {
    private static final long WAIT_NANOS = Duration.ofSeconds(1).toNanos();

    /** All wait equally long, so they are in the order of their deadlines. */
    private final Map<WorkerStream, Long> deadlines = new LinkedHashMap<>();

    /** Those that have been written but for a character that is not complete. */
    private final Set<WorkerStream> halfCharacters = new HashSet<>();

    /**
     * Something was received.
     *
     * @param isNewLine whether an open line, if there is one, is not the one of before
     */
    void received(WorkerStream stream, boolean isNewLine, long nowNanos) {
        halfCharacters.remove(stream);
        if (isNewLine || !stream.isPending()) {
            deadlines.remove(stream);
        }
        if (stream.isPending()) {
            deadlines.putIfAbsent(stream, nowNanos + WAIT_NANOS);
        }
    }

    void forget(WorkerStream stream) {
        deadlines.remove(stream);
        halfCharacters.remove(stream);
    }

    /** Stages what has waited long enough, where the sink takes it. */
    void stageDue(long nowNanos) {
        Map<WorkerStream, Boolean> again = new LinkedHashMap<>();
        // Sinks may turn out to be on hold, and have their streams forgotten here.
        for (WorkerStream stream : takeDue(nowNanos)) {
            // What the kernel has of a stream that is paused comes first: it may well be the end of the line.
            if (stream.flow() != WorkerStream.Flow.FLOWING || !stream.sink().accepts()) {
                again.put(stream, halfCharacters.contains(stream));
            } else if (halfCharacters.remove(stream)) {
                stream.stageRest();
            } else {
                stream.stagePartial();
                again.put(stream, true);
            }
        }
        again.forEach((stream, isHalf) -> {
            if (stream.isPending()) {
                deadlines.put(stream, nowNanos + WAIT_NANOS);
                if (isHalf) {
                    halfCharacters.add(stream);
                }
            }
        });
    }

    private List<WorkerStream> takeDue(long nowNanos) {
        List<WorkerStream> due = new ArrayList<>();
        Iterator<Map.Entry<WorkerStream, Long>> all = deadlines.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<WorkerStream, Long> first = all.next();
            if (first.getValue() - nowNanos > 0) {
                break;
            }
            due.add(first.getKey());
            all.remove();
        }
        return due;
    }

    /** When {@link #stageDue} has something to do. */
    long nextDeadlineNanos() {
        return deadlines.isEmpty()
                ? Long.MAX_VALUE
                : deadlines.values().iterator().next();
    }
}
