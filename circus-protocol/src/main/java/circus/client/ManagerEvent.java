package circus.client;

import circus.message.Json;
import circus.message.JsonException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that a manager has published. A value; any thread.
 *
 * @param topic {@code watcher.NAME.ACTION}
 * @param watcher the watcher's name as the topic has it: in lower case, with {@code _} for blanks
 * @param action {@code spawn}, {@code reap}, {@code start}, {@code stop} …
 * @param message what else is told: {@code process_pid}, {@code time} …
 */
public record ManagerEvent(String topic, String watcher, String action, Map<String, @Nullable Object> message) {
    private static final String PREFIX = "watcher.";

    /** Copies the message. */
    public ManagerEvent {
        message = Collections.unmodifiableMap(new LinkedHashMap<>(message));
    }

    /** As it came; of a body that is no JSON object {@code text} is all of it. */
    static ManagerEvent of(String topic, byte[] body) {
        int dot = topic.lastIndexOf('.');
        boolean named = topic.startsWith(PREFIX) && dot >= PREFIX.length();
        return new ManagerEvent(
                topic, named ? topic.substring(PREFIX.length(), dot) : "", topic.substring(dot + 1), message(body));
    }

    private static Map<String, @Nullable Object> message(byte[] body) {
        try {
            return Json.readObject(body);
        } catch (JsonException odd) {
            return Map.of("text", new String(body, StandardCharsets.UTF_8));
        }
    }
}
