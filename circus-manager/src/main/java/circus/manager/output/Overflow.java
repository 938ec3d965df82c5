package circus.manager.output;

import java.time.Duration;

/**
 * What becomes of output that cannot be written where it belongs, when the kernel has no more room for it.
 *
 * @param blocks whether the worker has to wait, for as long as a manager is there; otherwise the oldest bytes are
 *     dropped and counted
 * @param after how long it waits in any case before bytes are dropped
 */
public record Overflow(boolean blocks, Duration after) {
    /** Drop, after five seconds. */
    public static final Overflow DROP = new Overflow(false, Duration.ofSeconds(5));
}
