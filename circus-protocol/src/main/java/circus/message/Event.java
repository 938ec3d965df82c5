package circus.message;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a watcher, as published on the PUB socket: two frames, {@link #topicBytes} and {@link #body}. A value; any
 * thread.
 *
 * @param watcher the watcher's name, in any case
 * @param payload in order
 */
public record Event(String watcher, EventKind kind, Map<String, @Nullable Object> payload) {
    public Event {
        payload = Collections.unmodifiableMap(new LinkedHashMap<>(payload));
    }

    /** A watcher as a whole: start, stop, reload, updated, add, remove. */
    public static Event of(String watcher, EventKind kind, Instant time) {
        return new Event(watcher, kind, Collections.singletonMap("time", Json.seconds(time)));
    }

    /** {@code spawn} or {@code kill} of one process. */
    public static Event of(String watcher, EventKind kind, int pid, Instant time) {
        return new Event(watcher, kind, process(pid, time));
    }

    /** @param exitCode 0 to 255, or minus the signal's number */
    public static Event reap(String watcher, int pid, Instant time, int exitCode) {
        Map<String, @Nullable Object> payload = process(pid, time);
        payload.put("exit_code", exitCode);
        return new Event(watcher, EventKind.REAP, payload);
    }

    /**
     * @param exitCode 0 to 255, or minus the signal's number; null when nobody knows
     * @param reason one word: why the process ended
     */
    public static Event exit(String watcher, int pid, Instant time, @Nullable Integer exitCode, String reason) {
        Map<String, @Nullable Object> payload = process(pid, time);
        payload.put("exit_code", exitCode);
        payload.put("reason", reason);
        return new Event(watcher, EventKind.EXIT, payload);
    }

    /**
     * What came of a hook.
     *
     * @param hook its point, as {@code before_start}
     * @param error what went wrong; empty when it returned, be it false
     */
    public static Event hook(String watcher, String hook, Instant time, Optional<String> error) {
        Map<String, @Nullable Object> payload = new LinkedHashMap<>();
        payload.put("name", hook);
        payload.put("time", Json.seconds(time));
        error.ifPresent(text -> payload.put("error", text));
        return new Event(watcher, error.isPresent() ? EventKind.HOOK_FAILURE : EventKind.HOOK_SUCCESS, payload);
    }

    private static Map<String, @Nullable Object> process(int pid, Instant time) {
        Map<String, @Nullable Object> payload = new LinkedHashMap<>();
        payload.put("process_pid", pid);
        payload.put("time", Json.seconds(time));
        return payload;
    }

    /** {@code watcher.<name in lower case, blanks as _>.<event>}; nothing else is escaped. */
    public String topic() {
        return "watcher." + watcher.toLowerCase(Locale.ROOT).replace(' ', '_') + "." + kind.word();
    }

    public byte[] topicBytes() {
        return topic().getBytes(StandardCharsets.UTF_8);
    }

    public byte[] body() {
        return Json.bytes(payload);
    }
}
