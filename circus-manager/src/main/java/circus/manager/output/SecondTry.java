package circus.manager.output;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How long the thread of a sink waits before it tries again what did not work. Any thread but circus-loop and circus-output. */
final class SecondTry {
    private static final Duration LATER = Duration.ofSeconds(1);

    private SecondTry() {}

    /** Returns when it is time; throws at once when the thread is to end. */
    static void await() throws InterruptedException {
        boolean never = new CountDownLatch(1).await(LATER.toMillis(), TimeUnit.MILLISECONDS);
        if (never) {
            throw new IllegalStateException("a latch opened that nobody can open");
        }
    }
}
