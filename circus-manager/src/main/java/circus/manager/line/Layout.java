package circus.manager.line;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the lines of a stream are shaped.
 *
 * @param timeFormat in the notation of strftime; when present, each line begins with its time
 * @param prefix what else stands in front of it, in brackets, in the order of {@link Part}; when nothing is named, a line
 *     with a time has the pid there, as in Circus
 * @param color of the lines of {@link Shape#FANCY}, on a terminal
 */
public record Layout(Shape shape, Optional<String> timeFormat, List<Part> prefix, Optional<Color> color) {
    /** What becomes of a line. */
    public enum Shape {
        /** It stays as it is, perhaps with a prefix. */
        TEXT,
        /** It becomes an object of JSON, a line again. */
        JSON,
        /** For people at a terminal: with a prefix, in colour, and never empty. */
        FANCY
    }

    /** What can stand in the brackets of a prefix: {@code [web.1 4711]}. */
    public enum Part {
        WATCHER,
        WID,
        PID;

        /** As in a configuration. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Lines as they were said. */
    public static final Layout PLAIN = text(Optional.empty(), List.of());

    public Layout {
        timeFormat = timeFormat.filter(format -> !format.isEmpty());
        prefix = prefix.stream().distinct().sorted().toList();
    }

    /** Lines as they were said, perhaps behind a time and a name. */
    public static Layout text(Optional<String> timeFormat, List<Part> prefix) {
        return new Layout(Shape.TEXT, timeFormat, prefix, Optional.empty());
    }

    /** What Circus does with {@code time_format}: {@code TIME [PID] | }. */
    public static Layout timed(String timeFormat) {
        return text(Optional.of(timeFormat), List.of());
    }

    /** An object for each line; without a format its time is that of ISO 8601, in UTC. */
    public static Layout json(Optional<String> timeFormat) {
        return new Layout(Shape.JSON, timeFormat, List.of(), Optional.empty());
    }

    /** Whether a line and its bytes in a file are something else: then it is planned, and written again, as one. */
    public boolean isRendered() {
        return shape == Shape.JSON;
    }

    /** Whether a record of version 1 can tell it. */
    public boolean isPlainOrTimed() {
        return shape == Shape.TEXT && prefix.isEmpty();
    }

    /** What a prefix ends with, and by which its end is recognised in a file: {@code [web.1 4711] | }; null for none. */
    public @Nullable String mark(Speaker speaker) {
        if (isRendered() || (timeFormat.isEmpty() && prefix.isEmpty())) {
            return null;
        }
        if (prefix.isEmpty()) {
            return "[" + speaker.pid() + "] | ";
        }
        String name = prefix.stream()
                .filter(part -> part != Part.PID)
                .map(part -> part == Part.WATCHER ? speaker.watcher() : Integer.toString(speaker.wid()))
                .collect(Collectors.joining("."));
        String pid = prefix.contains(Part.PID) ? Integer.toString(speaker.pid()) : "";
        return "[" + name + (name.isEmpty() || pid.isEmpty() ? "" : " ") + pid + "] | ";
    }
}
