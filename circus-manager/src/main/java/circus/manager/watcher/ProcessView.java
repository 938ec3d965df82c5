package circus.manager.watcher;

import java.time.Instant;

/**
 * One live process of a watcher, for those who look on.
 *
 * @param wid the worker number
 */
public record ProcessView(int pid, int wid, Instant started) {}
