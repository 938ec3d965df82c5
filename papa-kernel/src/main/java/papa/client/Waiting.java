package papa.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.Selector;
import java.time.Duration;

/** Waiting on a selector up to a deadline, for the few places of this package that may block. */
final class Waiting {
    private Waiting() {}

    /** Returns when a channel is ready or the deadline has come. */
    static void await(Selector selector, long deadlineNanos) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted");
        }
        long leftNanos = deadlineNanos - System.nanoTime();
        if (leftNanos <= 0) {
            selector.selectNow();
        } else {
            // Rounded up, since a wait of 0 ms would be one without end.
            selector.select(Duration.ofNanos(leftNanos).toMillis() + 1);
        }
        selector.selectedKeys().clear();
    }
}
