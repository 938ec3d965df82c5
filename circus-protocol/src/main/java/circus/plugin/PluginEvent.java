package circus.plugin;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Something that has happened to a watcher; docs/events.md has all of them.
 *
 * @param watcher the watcher's name as configured, whatever dots and blanks are in it
 * @param action {@code spawn}, {@code reap}, {@code exit}, {@code start}, {@code stop} …
 * @param message what else is told, as decoded from JSON: {@code process_pid}, {@code time} …
 */
public record PluginEvent(String watcher, String action, Map<String, @Nullable Object> message) {
    public PluginEvent {
        message = Collections.unmodifiableMap(new LinkedHashMap<>(message));
    }

    /** The process that it is about; empty where it is about a watcher as a whole. */
    public OptionalInt pid() {
        return message.get("process_pid") instanceof Number pid
                ? OptionalInt.of(Math.toIntExact(pid.longValue()))
                : OptionalInt.empty();
    }
}
