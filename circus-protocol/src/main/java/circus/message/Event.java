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
    /** The last key of every body; Circus's own consumers read the keys that they know, and pass this one over. */
    public static final String SEQ = "seq";

    private static final String FIRST = "watcher.";

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

    /** @param exitCode 0 to 255, or minus the signal's number; null when nobody knows */
    public static Event reap(String watcher, int pid, Instant time, @Nullable Integer exitCode) {
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
        return FIRST + inTopic(watcher) + "." + kind.word();
    }

    /** A watcher's name as topics have it. */
    public static String inTopic(String watcher) {
        return watcher.toLowerCase(Locale.ROOT).replace(' ', '_');
    }

    /** The watcher that a topic of ours is about, as {@link #inTopic}. Its name may hold dots. */
    public static String watcherOf(String topic) {
        int end = topic.lastIndexOf('.');
        return topic.startsWith(FIRST) && end > FIRST.length() ? topic.substring(FIRST.length(), end) : "";
    }

    /** The last word of a topic. */
    public static String kindOf(String topic) {
        return topic.substring(topic.lastIndexOf('.') + 1);
    }

    public byte[] topicBytes() {
        return topic().getBytes(StandardCharsets.UTF_8);
    }

    /** The payload and, as its last key, the event's number: each event has one, and each number is greater than those before it. */
    public byte[] body(long seq) {
        return Json.bytes(message(seq));
    }

    /** The same, not written yet. */
    public Map<String, @Nullable Object> message(long seq) {
        Map<String, @Nullable Object> numbered = new LinkedHashMap<>(payload);
        numbered.put(SEQ, seq);
        return numbered;
    }
}
