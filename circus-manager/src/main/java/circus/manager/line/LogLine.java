package circus.manager.line;

import circus.message.Json;
import circus.message.JsonException;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A line of a log file, read again. What the file does not tell is not known.
 *
 * @param micros when it was captured, since 1970; -1 if unknown
 * @param watcher empty if unknown
 * @param wid 0 if unknown
 * @param pid 0 if unknown
 * @param stream {@code stdout} or {@code stderr}; empty if unknown
 * @param from where the text begins in the line, in bytes; of JSON the text is in {@code message} instead
 */
public record LogLine(
        long micros, String watcher, int wid, int pid, String stream, int from, Optional<String> message) {
    private static final long UNKNOWN = -1;
    private static final String MARK = "] | ";

    /** Reads lines of one shape. One thread. */
    public static final class Reader {
        private final Layout layout;
        private final Map<String, TimeFormat> formats = new HashMap<>();
        private final ZoneId zone;

        public Reader(Layout layout, ZoneId zone) {
            this.layout = layout;
            this.zone = zone;
        }

        /** @param line without its end */
        public LogLine read(byte[] line) {
            LogLine read = layout.isRendered() ? json(line) : text(line);
            return read == null ? new LogLine(UNKNOWN, "", 0, 0, "", 0, Optional.empty()) : read;
        }

        private @Nullable LogLine json(byte[] line) {
            try {
                Map<String, @Nullable Object> json = Json.readObject(line);
                return new LogLine(
                        json.get("time") instanceof String time ? time(time) : UNKNOWN,
                        json.get("watcher") instanceof String watcher ? watcher : "",
                        json.get("wid") instanceof Long wid ? wid.intValue() : 0,
                        json.get("pid") instanceof Long pid ? pid.intValue() : 0,
                        json.get("stream") instanceof String stream ? stream : "",
                        0,
                        json.get("message") instanceof String message ? Optional.of(message) : Optional.empty());
            } catch (JsonException none) {
                return null;
            }
        }

        private @Nullable LogLine text(byte[] line) {
            if (layout.timeFormat().isEmpty() && layout.prefix().isEmpty()) {
                return null;
            }
            String text = new String(line, StandardCharsets.ISO_8859_1);
            int end = text.indexOf(MARK);
            int begin = end < 0 ? -1 : text.lastIndexOf('[', end);
            if (begin < 0) {
                return null;
            }
            String time = text.substring(0, begin).stripTrailing();
            String inside = text.substring(begin + 1, end);
            boolean named = layout.prefix().contains(Layout.Part.WATCHER);
            boolean numbered = layout.prefix().contains(Layout.Part.WID);
            boolean hasPid = layout.prefix().isEmpty() || layout.prefix().contains(Layout.Part.PID);
            String name = inside;
            int pid = 0;
            if (hasPid) {
                int blank = inside.lastIndexOf(' ');
                pid = number(inside.substring(blank + 1));
                name = blank < 0 ? "" : inside.substring(0, blank);
            }
            int dot = numbered && named ? name.lastIndexOf('.') : -1;
            int wid = !numbered ? 0 : number(name.substring(dot + 1));
            String watcher = !named ? "" : dot < 0 ? name : name.substring(0, dot);
            return new LogLine(
                    layout.timeFormat().isEmpty() ? UNKNOWN : time(time),
                    new String(watcher.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8),
                    wid,
                    pid,
                    "",
                    end + MARK.length(),
                    Optional.empty());
        }

        private long time(String text) {
            if (layout.timeFormat().isPresent()) {
                return formats.computeIfAbsent(layout.timeFormat().get(), format -> new TimeFormat(format, zone))
                        .micros(text);
            }
            try {
                return OffsetDateTime.parse(text).toInstant().toEpochMilli() * 1000
                        + OffsetDateTime.parse(text).getNano() / 1000 % 1000;
            } catch (DateTimeParseException none) {
                return UNKNOWN;
            }
        }

        private static int number(String text) {
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException none) {
                return 0;
            }
        }
    }
}
