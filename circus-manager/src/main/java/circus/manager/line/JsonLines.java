package circus.manager.line;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/**
 * Each line as an object of JSON. Bytes that are no UTF-8 become U+FFFD; a part of a line says that it is one. The same
 * line captured at the same time always becomes the same bytes. One thread at a time.
 */
public final class JsonLines implements LineShape {
    private static final DateTimeFormatter ISO =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.US);
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final @Nullable TimeFormat time;
    private final byte[] names;
    private long lastMicros = Long.MIN_VALUE;
    private byte[] head = new byte[0];

    /** @param time null for ISO 8601 in UTC */
    JsonLines(@Nullable TimeFormat time, Speaker speaker, Channel channel) {
        this.time = time;
        Json json = new Json();
        json.plain("\",\"watcher\":\"").text(speaker.watcher());
        json.plain("\",\"wid\":" + speaker.wid() + ",\"pid\":" + speaker.pid());
        json.plain(",\"stream\":\"" + (channel == Channel.OUT ? "stdout" : "stderr") + "\",\"message\":\"");
        names = json.toByteArray();
    }

    private byte[] headAt(long micros) {
        if (micros != lastMicros) {
            Json json = new Json();
            json.plain("{\"time\":\"").text(time == null ? iso(micros) : time.at(micros));
            json.writeBytes(names);
            head = json.toByteArray();
            lastMicros = micros;
        }
        return head;
    }

    private static String iso(long micros) {
        return ISO.format(Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
    }

    /** The whole line, with its line feed. */
    public byte[] render(long micros, byte[] source, int from, int to) {
        boolean ends = to > from && source[to - 1] == '\n';
        Json json = new Json();
        json.writeBytes(headAt(micros));
        json.text(source, from, ends ? to - 1 : to);
        json.plain(ends ? "\"}\n" : "\",\"partial\":true}\n");
        return json.toByteArray();
    }

    @Override
    public void shape(Target target, long micros, byte[] source, int from, int to, boolean begins) {
        byte[] line = render(micros, source, from, to);
        target.append(line, 0, line.length);
    }

    @Override
    public boolean endsEveryPart() {
        return true;
    }

    @Override
    public String notice(long lost, long firstMicros, long lastMicros, ZoneId zone) {
        Json json = new Json();
        json.writeBytes(headAt(lastMicros));
        json.text(LossNotice.text(lost, firstMicros, lastMicros, zone).stripTrailing());
        json.plain("\",\"lost\":" + lost + "}\n");
        return json.toString(StandardCharsets.ISO_8859_1);
    }

    /** What is written of one object. */
    private static final class Json extends ByteArrayOutputStream {
        Json() {
            super(256);
        }

        Json plain(String ascii) {
            writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        /** What stands within quotes. */
        void text(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            valid(bytes, 0, bytes.length);
        }

        void text(byte[] bytes, int from, int to) {
            for (int i = from; i < to; i++) {
                if (bytes[i] < 0) {
                    text(new String(bytes, from, to - from, StandardCharsets.UTF_8));
                    return;
                }
            }
            valid(bytes, from, to);
        }

        private void valid(byte[] bytes, int from, int to) {
            int start = from;
            for (int i = from; i < to; i++) {
                byte b = bytes[i];
                if ((b >= 0 && b < ' ') || b == '"' || b == '\\' || b == 0x7f) {
                    write(bytes, start, i - start);
                    escaped(b);
                    start = i + 1;
                }
            }
            write(bytes, start, to - start);
        }

        private void escaped(byte b) {
            write('\\');
            switch (b) {
                case '"', '\\' -> write(b);
                case '\n' -> write('n');
                case '\r' -> write('r');
                case '\t' -> write('t');
                default -> {
                    plain("u00");
                    write(HEX[b >> 4]);
                    write(HEX[b & 15]);
                }
            }
        }
    }
}
