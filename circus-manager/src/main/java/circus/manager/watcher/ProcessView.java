package circus.manager.watcher;

import java.time.Instant;

/**
 * One live process of a watcher, for those who look on.
 *
 * @param wid the worker number
 * @param isThread whether it is a thread of circusd, and {@code pid} the number of that
 */
public record ProcessView(int pid, int wid, Instant started, boolean isThread) {
    public ProcessView(int pid, int wid, Instant started) {
        this(pid, wid, started, false);
    }
}
