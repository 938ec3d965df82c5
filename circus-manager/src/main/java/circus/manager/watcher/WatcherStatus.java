package circus.manager.watcher;

import java.util.Locale;

/** What {@code status} says of a watcher; the words are Circus's. */
public enum WatcherStatus {
    STOPPED,
    STARTING,
    ACTIVE,
    STOPPING;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
