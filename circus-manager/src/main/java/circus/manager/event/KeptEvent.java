package circus.manager.event;

import circus.message.Event;
import circus.message.Json;
import circus.message.JsonException;
import java.nio.charset.StandardCharsets;

/**
 * An event as it was published. A value.
 *
 * @param body JSON, which is ASCII
 */
public record KeptEvent(long seq, String topic, String body) {
    /** Of what is known of an end by the kernel, this is the first that two managers may see differently, or not need to compare. */
    private static final String AFTER_THE_TIME = ", \"exit_code\"";

    private static final String BEFORE_THE_NUMBER = ", \"" + Event.SEQ + "\": ";

    static KeptEvent of(Event event, long seq) {
        return new KeptEvent(seq, event.topic(), new String(event.body(seq), StandardCharsets.US_ASCII));
    }

    public byte[] topicBytes() {
        return topic.getBytes(StandardCharsets.UTF_8);
    }

    public byte[] bodyBytes() {
        return body.getBytes(StandardCharsets.US_ASCII);
    }

    /** What it counts for where events are bounded by bytes. */
    int size() {
        return topic.length() + body.length();
    }

    /** Whether this tells the same end of the same process: watcher, pid and time. */
    boolean tellsTheEndThat(KeptEvent other) {
        int end = body.indexOf(AFTER_THE_TIME);
        return end > 0 && topic.equals(other.topic) && other.body.startsWith(body.substring(0, end) + AFTER_THE_TIME);
    }

    /** What tells the start of one process from all others: watcher, pid and time. */
    String start() {
        return topic + body.substring(0, Math.max(0, body.indexOf(BEFORE_THE_NUMBER)));
    }

    /** In seconds; of an event without one, that of the end of all days. */
    double time() {
        try {
            return Json.readObject(body).get("time") instanceof Number time ? time.doubleValue() : Double.MAX_VALUE;
        } catch (JsonException notOurs) {
            return Double.MAX_VALUE;
        }
    }

    /** As the command {@code events} answers it: seq, topic, and the other keys of the body, which is not read for that. */
    public Json.Written report() {
        int end = body.lastIndexOf(BEFORE_THE_NUMBER);
        String others = end > 0 ? body.substring(1, end) : "";
        return new Json.Written("{\"seq\": " + seq + ", \"topic\": " + Json.write(topic)
                + (others.isEmpty() ? "" : ", " + others) + "}");
    }
}
