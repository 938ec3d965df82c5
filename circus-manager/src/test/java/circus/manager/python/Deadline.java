package circus.manager.python;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what is to come about. */
final class Deadline {
    private static final long LOOK_NANOS = Duration.ofMillis(10).toNanos();

    private Deadline() {}

    static void await(String what, Duration limit, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("time to wait for " + what).isLessThan(deadline);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
