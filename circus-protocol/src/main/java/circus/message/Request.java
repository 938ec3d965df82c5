package circus.message;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of the manager. A value; any thread.
 *
 * <p>On the wire: {@code {"command": WORD, "properties": {…}, "id": ANY}}, and {@code "msg_type": "cast"} for a request that gets no
 * reply. Other keys are ignored. Properties keep the order in which they were sent.
 *
 * @param id echoed in the reply; any JSON value, null when absent
 * @param command the word as it was sent, in any case
 */
public record Request(@Nullable Object id, String command, Map<String, @Nullable Object> properties, boolean cast) {
    private static final String CAST = "cast";

    public Request {
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    /**
     * Reads one message body. Every kind of malformed input ends in an exception that holds the reply to send, so that no peer waits in
     * vain for an answer.
     */
    public static Request decode(byte[] body) throws BadRequestException {
        if (isBlank(body)) {
            throw new BadRequestException(ErrorCode.MESSAGE_ERROR, "empty command", null, false);
        }
        Object message;
        try {
            message = Json.read(body);
        } catch (JsonException notJson) {
            throw new BadRequestException(ErrorCode.INVALID_JSON, ErrorCode.INVALID_JSON.words(), null, false);
        }
        if (!(message instanceof Map<?, ?> object)) {
            throw new BadRequestException(
                    ErrorCode.MESSAGE_ERROR, "message invalid: expected an object, not " + kind(message), null, false);
        }
        return fromObject(object);
    }

    private static Request fromObject(Map<?, ?> object) throws BadRequestException {
        Object id = object.get("id");
        boolean cast = CAST.equals(object.get("msg_type"));
        if (!object.containsKey("command")) {
            throw new BadRequestException(ErrorCode.MESSAGE_ERROR, "message invalid 'command' is missing", id, cast);
        }
        if (!(object.get("command") instanceof String command)) {
            throw new BadRequestException(ErrorCode.MESSAGE_ERROR, "'command' isn't a string", id, cast);
        }
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        if (object.containsKey("properties")) {
            if (!(object.get("properties") instanceof Map<?, ?> given)) {
                throw new BadRequestException(ErrorCode.MESSAGE_ERROR, "'properties' isn't an object", id, cast);
            }
            for (Map.Entry<?, ?> entry : given.entrySet()) {
                properties.put(String.valueOf(entry.getKey()), entry.getValue());
            }
        }
        return new Request(id, command, properties, cast);
    }

    /** The message body, with the keys in the order in which Circus's own client sends them. */
    public byte[] encode() {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("command", command);
        if (cast) {
            message.put("msg_type", CAST);
        }
        message.put("properties", properties);
        if (id != null) {
            message.put("id", id);
        }
        return Json.bytes(message);
    }

    private static boolean isBlank(byte[] body) {
        for (byte b : body) {
            if (b != ' ' && (b < '\t' || b > '\r')) {
                return false;
            }
        }
        return true;
    }

    private static String kind(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof Iterable<?>) {
            return "a list";
        }
        return value instanceof String ? "a string" : PythonText.repr(value);
    }
}
