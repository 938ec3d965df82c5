package circus.manager.watcher;

import org.jspecify.annotations.Nullable;

/**
 * On whose behalf something is done to a worker.
 *
 * @param command as a person would write it; empty for none
 * @param by who gave it, for people: {@code uid 1000, pid 4711}; empty for nobody
 */
public record Behalf(String command, String by) {
    /** Of its own accord. */
    public static final Behalf NOBODY = new Behalf("", "");

    static Behalf of(@Nullable Operation operation) {
        return operation == null
                ? NOBODY
                : new Behalf(operation.order().words(), operation.order().by());
    }
}
