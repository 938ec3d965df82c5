package circus.message;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The manager's answer. A value; any thread.
 *
 * <p>The order of the keys is part of the contract, since {@code circusctl --json} prints an object as it came: {@code status, time},
 * the fields of the command, {@code id}; of an error {@code status, reason, tb, time, errno, id}.
 */
public sealed interface Reply {
    /**
     * The body to send.
     *
     * @param id the request's id
     * @param time when the reply was made
     */
    byte[] encode(@Nullable Object id, Instant time);

    /** Success without a result. */
    static Ok ok() {
        return new Ok(Map.of());
    }

    /** Success with one field. */
    static Ok ok(String field, @Nullable Object value) {
        return new Ok(Collections.singletonMap(field, value));
    }

    /**
     * Success.
     *
     * @param fields the command's own fields, in order; a field {@code status} takes the place of {@code "ok"}, as the command {@code
     *     status NAME} needs it
     */
    record Ok(Map<String, @Nullable Object> fields) implements Reply {
        public Ok {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }

        @Override
        public byte[] encode(@Nullable Object id, Instant time) {
            Map<String, @Nullable Object> message = new LinkedHashMap<>();
            message.put("status", "ok");
            message.put("time", Json.seconds(time));
            message.putAll(fields);
            message.put("id", id);
            return Json.bytes(message);
        }
    }

    /**
     * An error.
     *
     * @param tb a trace for developers, or null
     */
    record Failed(ErrorCode errno, String reason, @Nullable String tb) implements Reply {
        @Override
        public byte[] encode(@Nullable Object id, Instant time) {
            Map<String, @Nullable Object> message = new LinkedHashMap<>();
            message.put("status", "error");
            message.put("reason", reason);
            message.put("tb", tb);
            message.put("time", Json.seconds(time));
            message.put("errno", errno.errno());
            message.put("id", id);
            return Json.bytes(message);
        }
    }
}
