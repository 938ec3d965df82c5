package circus.manager.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An event as bytes in a file. Each record can be told from anything else by itself, wherever it stands: there is no index and no end mark
 * that could be wrong. Pure functions.
 *
 * <pre>
 *    0  MAGIC        its first byte, 0xff, is in no UTF-8, so no content looks like a record
 *    4  bytes of topic and body; 0: the number was given to an event that is too large to be kept
 *    8  the event's number
 *   16  bytes of the topic
 *   20  CRC-32C of topic and body
 *   24  CRC-32C of the 24 bytes before
 *   28  nothing
 *   32  topic (UTF-8), body (ASCII), zeros up to a multiple of 8
 * </pre>
 *
 * <p>What was written to the middle (a manager was killed) or is damaged is no event, but as long as its first 28 bytes are whole its number
 * is known to have been given.
 *
 * <p>Version history: 1, the last byte of the magic, since 0.2.0.
 */
final class EventRecord {
    /** Topic and body together; an event beyond that is published and not kept. */
    static final int MOST_CONTENT = 64 << 10;

    static final int HEADER = 32;
    private static final int MAGIC = 0xff455601;
    private static final int ALIGNMENT = 8;
    private static final int CHECKED = 24;

    /** @param claimed the highest number that is known to have been given; 0 for none */
    record Found(List<KeptEvent> events, long claimed) {}

    /** No record is larger. */
    static final int MOST = room(MOST_CONTENT);

    private EventRecord() {}

    /** Bytes of its record. */
    static int size(KeptEvent event) {
        return room(event.topicBytes().length + event.body().length());
    }

    static boolean fits(KeptEvent event) {
        return event.topicBytes().length + event.body().length() <= MOST_CONTENT;
    }

    static byte[] encode(KeptEvent event) {
        return encode(event.seq(), event.topicBytes(), event.bodyBytes());
    }

    /** The record that only tells that this number was given. */
    static byte[] claim(long seq) {
        return encode(seq, new byte[0], new byte[0]);
    }

    private static byte[] encode(long seq, byte[] topic, byte[] body) {
        int length = topic.length + body.length;
        ByteBuffer record = ByteBuffer.allocate(room(length));
        record.putInt(MAGIC).putInt(length).putLong(seq).putInt(topic.length);
        record.put(HEADER, topic).put(HEADER + topic.length, body);
        record.putInt(check(record.array(), HEADER, length));
        record.putInt(check(record.array(), 0, CHECKED));
        return record.array();
    }

    private static int room(int content) {
        return (HEADER + content + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** All events in these bytes, in the order of their numbers. */
    static Found scan(byte[] bytes, int from) {
        SortedMap<Long, KeptEvent> events = new TreeMap<>();
        ByteBuffer all = ByteBuffer.wrap(bytes);
        long claimed = 0;
        int at = from;
        while (at + HEADER <= bytes.length) {
            if (!isHeader(bytes, all, at)) {
                at += ALIGNMENT;
                continue;
            }
            claimed = Math.max(claimed, all.getLong(at + 8));
            KeptEvent event = decode(bytes, all, at);
            if (event == null) {
                at += ALIGNMENT;
            } else {
                events.put(event.seq(), event);
                at += room(all.getInt(at + 4));
            }
        }
        return new Found(List.copyOf(events.values()), claimed);
    }

    private static boolean isHeader(byte[] bytes, ByteBuffer all, int at) {
        return all.getInt(at) == MAGIC
                && all.getInt(at + CHECKED) == check(bytes, at, CHECKED)
                && all.getLong(at + 8) > 0;
    }

    private static @Nullable KeptEvent decode(byte[] bytes, ByteBuffer all, int at) {
        int length = all.getInt(at + 4);
        int topic = all.getInt(at + 16);
        if (length <= 0 || length > MOST_CONTENT || topic < 0 || topic > length) {
            return null;
        }
        int content = at + HEADER;
        if (content + length > all.capacity() || all.getInt(at + 20) != check(bytes, content, length)) {
            return null;
        }
        return new KeptEvent(
                all.getLong(at + 8),
                new String(bytes, content, topic, StandardCharsets.UTF_8),
                new String(bytes, content + topic, length - topic, StandardCharsets.US_ASCII));
    }

    private static int check(byte[] bytes, int from, int count) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, from, count);
        return (int) sum.getValue();
    }
}
