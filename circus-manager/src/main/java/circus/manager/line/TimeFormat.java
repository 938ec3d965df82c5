package circus.manager.line;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A strftime format, translated once. As in Python under the C locale; a directive that is not known stands as it is.
 * One thread at a time.
 */
public final class TimeFormat {
    private static final long MICROS = 1_000_000;

    private static final Map<Character, String> PATTERNS = Map.ofEntries(
            Map.entry('a', "EEE"),
            Map.entry('A', "EEEE"),
            Map.entry('b', "MMM"),
            Map.entry('B', "MMMM"),
            Map.entry('c', "EEE MMM ppd HH:mm:ss yyyy"),
            Map.entry('d', "dd"),
            Map.entry('D', "MM/dd/yy"),
            Map.entry('e', "ppd"),
            Map.entry('F', "yyyy-MM-dd"),
            Map.entry('h', "MMM"),
            Map.entry('H', "HH"),
            Map.entry('I', "hh"),
            Map.entry('j', "DDD"),
            Map.entry('m', "MM"),
            Map.entry('M', "mm"),
            Map.entry('p', "a"),
            Map.entry('R', "HH:mm"),
            Map.entry('S', "ss"),
            Map.entry('T', "HH:mm:ss"),
            Map.entry('x', "MM/dd/yy"),
            Map.entry('X', "HH:mm:ss"),
            Map.entry('y', "yy"),
            Map.entry('Y', "yyyy"),
            Map.entry('z', "xx"),
            Map.entry('Z', "zzz"));

    private final String format;
    private final ZoneId zone;

    /** What stands before, between and behind the microseconds ({@code %f}), which alone change within a second. */
    private final List<DateTimeFormatter> pieces = new ArrayList<>();

    private final List<String> rendered = new ArrayList<>();
    private @Nullable DateTimeFormatter parser;
    private long renderedSecond = Long.MIN_VALUE;

    /** @param format in the notation of strftime */
    public TimeFormat(String format, ZoneId zone) {
        this.format = format;
        this.zone = zone;
        translate();
    }

    private void translate() {
        DateTimeFormatterBuilder piece = new DateTimeFormatterBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                piece.appendLiteral(c);
                continue;
            }
            char directive = format.charAt(++i);
            String pattern = PATTERNS.get(directive);
            if (directive == 'f') {
                pieces.add(piece.toFormatter(Locale.US));
                piece = new DateTimeFormatterBuilder();
            } else if (pattern != null) {
                piece.appendPattern(pattern);
            } else if (directive == '%') {
                piece.appendLiteral('%');
            } else {
                piece.appendLiteral("%" + directive);
            }
        }
        pieces.add(piece.toFormatter(Locale.US));
    }

    /** The time that a text tells which {@link #at} has made, or -1: where it is none, or tells no day. */
    public long micros(String text) {
        try {
            TemporalAccessor read = parser().parse(text);
            Instant time = read.isSupported(ChronoField.INSTANT_SECONDS)
                    ? Instant.from(read)
                    : LocalDateTime.from(read).atZone(zone).toInstant();
            return time.getEpochSecond() * MICROS + time.getNano() / 1000;
        } catch (DateTimeException none) {
            return -1;
        }
    }

    private DateTimeFormatter parser() {
        DateTimeFormatter made = parser;
        if (made == null) {
            DateTimeFormatterBuilder whole = new DateTimeFormatterBuilder();
            for (int i = 0; i < pieces.size(); i++) {
                if (i > 0) {
                    whole.appendValue(ChronoField.MICRO_OF_SECOND, 6);
                }
                whole.append(pieces.get(i));
            }
            made = whole.toFormatter(Locale.US);
            parser = made;
        }
        return made;
    }

    /** The format as it was given. */
    String format() {
        return format;
    }

    /** @param micros since 1970 */
    public String at(long micros) {
        long second = Math.floorDiv(micros, MICROS);
        if (second != renderedSecond) {
            ZonedDateTime time = Instant.ofEpochSecond(second).atZone(zone);
            rendered.clear();
            pieces.forEach(piece -> rendered.add(piece.format(time)));
            renderedSecond = second;
        }
        if (rendered.size() == 1) {
            return rendered.get(0);
        }
        String fraction = Long.toString(MICROS + Math.floorMod(micros, MICROS)).substring(1);
        return String.join(fraction, rendered);
    }
}
