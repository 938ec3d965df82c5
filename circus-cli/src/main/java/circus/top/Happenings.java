package circus.top;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** From the other threads to the one that owns the figures: who has more to tell than there is room waits. Any thread. */
final class Happenings {
    /** Some seconds of a thousand processes. */
    private static final int ROOM = 5_000;

    private final BlockingQueue<Happening> queue = new ArrayBlockingQueue<>(ROOM);
    private volatile boolean ended;

    /** @return false when the thread is to end */
    boolean tell(Happening happening) {
        try {
            queue.put(happening);
            return true;
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** All is to end: comes before whatever waits. */
    void end() {
        ended = true;
        // Wakes who waits; where there is no room, nobody does.
        boolean unused = queue.offer(new Happening.Ended());
    }

    /** @return null when the time is over */
    @Nullable
    Happening await(long nanos) throws InterruptedException {
        if (ended) {
            return new Happening.Ended();
        }
        return queue.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }
}
