package circus.manager.plan;

import circus.manager.config.WatcherConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One watcher as it is now. Immutable; any thread may use it.
 *
 * @param name as it was written
 * @param running whether its processes are wanted; one that has just died does not make it false
 * @param target how many processes are wanted while it runs
 * @param overrides what {@code set} has changed and still counts, as it was set, in that order. Also {@code numprocesses}, which may differ
 *     from the target, since {@code incr} and {@code decr} change that alone
 * @param added its definition as it is now, with all that was set since, when it comes from {@code add}; such a watcher has no overrides
 */
public record LiveWatcher(
        String name,
        boolean running,
        int target,
        Map<String, @Nullable Object> overrides,
        Optional<WatcherConfig> added) {
    public LiveWatcher {
        overrides = Collections.unmodifiableMap(new LinkedHashMap<>(overrides));
    }
}
