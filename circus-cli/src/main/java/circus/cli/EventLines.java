package circus.cli;

import circus.message.Event;
import circus.message.Json;
import circus.message.PythonText;
import circus.terminal.Cells;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Events as lines for people, in columns that grow with what comes: number, local time, watcher, kind, and what else is known. One thread. */
final class EventLines {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS");
    private static final List<String> SHOWN_BEFORE = List.of(Event.SEQ, "topic", "time");

    private final ZoneId zone;
    private int watcherWidth = 8;
    private int kindWidth = 8;

    EventLines(ZoneId zone) {
        this.zone = zone;
    }

    /** Makes room for this one. */
    void measure(Map<String, @Nullable Object> event) {
        watcherWidth = Math.max(watcherWidth, Cells.width(watcher(event)));
        kindWidth = Math.max(kindWidth, kind(event).length());
    }

    /** Without the end of the line. */
    String line(Map<String, @Nullable Object> event) {
        measure(event);
        StringBuilder line = new StringBuilder(PythonText.str(event.get(Event.SEQ)));
        line.append("  ").append(time(event.get("time")));
        pad(line.append("  "), watcher(event), watcherWidth);
        pad(line.append("  "), kind(event), kindWidth);
        return line.append("  ").append(rest(event)).toString().stripTrailing();
    }

    private static String watcher(Map<String, @Nullable Object> event) {
        return plain(Event.watcherOf(PythonText.str(event.get("topic"))));
    }

    private static String kind(Map<String, @Nullable Object> event) {
        return plain(Event.kindOf(PythonText.str(event.get("topic"))));
    }

    private String time(@Nullable Object seconds) {
        if (!(seconds instanceof Number number)) {
            return "-";
        }
        return TIME.format(
                Instant.ofEpochMilli(Math.round(number.doubleValue() * 1e3)).atZone(zone));
    }

    private static String rest(Map<String, @Nullable Object> event) {
        StringJoiner rest = new StringJoiner(" ");
        event.forEach((key, value) -> {
            if (!SHOWN_BEFORE.contains(key)) {
                rest.add(plain(key) + "=" + value(value));
            }
        });
        return rest.toString();
    }

    private static String value(@Nullable Object value) {
        return value instanceof String text && text.matches("[\\w.:/-]+") ? text : Json.write(value);
    }

    /** A name may hold anything; it is not to move the cursor of who looks at it. */
    private static String plain(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }

    private static void pad(StringBuilder line, String text, int width) {
        line.append(text).append(" ".repeat(Math.max(0, width - Cells.width(text))));
    }
}
