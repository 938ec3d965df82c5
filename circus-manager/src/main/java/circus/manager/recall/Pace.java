package circus.manager.recall;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/**
 * When what is said is written to the {@link RecallFile}: at once, as a rule. Of a stream that has had 256 KiB written within 50 ms the rest
 * waits until these are over, and is written as far as it is still held then: of a flood nearly all would only be written to be let go of.
 * Where many streams are in flood it takes the longer, so that all of them together have no more written than about 40 MiB a second. Guarded
 * by the {@link Recall} that has it.
 */
final class Pace {
    static final long MUCH = Recall.MOST_OF_ONE;
    private static final long WINDOW_NANOS = Duration.ofMillis(50).toNanos();

    /** For so many streams in flood, a window longer. */
    private static final int MANY = 8;

    /** Knows what there is of a stream. */
    interface Flow {
        /** Whether it has had {@link #MUCH} written in this window, and more is to come. */
        boolean isFlood(Voice voice, long window);
    }

    private long window;
    private long endNanos;
    private int floods;

    /** Grows with each window. */
    long window() {
        return window;
    }

    /**
     * Takes out what is to be written now.
     *
     * @param unwritten voices, and what else there is to write; what stays waits
     * @param nowNanos see {@link System#nanoTime}
     */
    List<Object> due(Collection<Object> unwritten, Flow flow, long nowNanos) {
        if (nowNanos - endNanos >= 0 || window == 0) {
            window++;
            endNanos = nowNanos + WINDOW_NANOS * (1 + floods / MANY);
        }
        floods = 0;
        List<Object> due = new ArrayList<>(unwritten.size());
        Iterator<Object> all = unwritten.iterator();
        while (all.hasNext()) {
            Object each = all.next();
            if (each instanceof Voice voice && flow.isFlood(voice, window)) {
                floods++;
            } else {
                due.add(each);
                all.remove();
            }
        }
        return due;
    }

    /** When something that waits is due; {@link Long#MAX_VALUE} if nothing waits. */
    long nextNanos() {
        return floods == 0 ? Long.MAX_VALUE : endNanos;
    }
}
