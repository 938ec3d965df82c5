package circus.command;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A time as a person says it: {@code -60} (seconds before now), {@code 10m}, {@code 2026-11-21T14:00}, {@code 14:00}; as a number, seconds
 * since 1970, or before now where it is negative. Pure functions.
 */
public final class Moment {
    /** What is expected, for complaints. */
    public static final String EXPECTED = "expected -60 (seconds), 10m (also s, h, d), HH:MM[:SS], or an ISO time";

    private static final Pattern AGO = Pattern.compile("-?(\\d{1,11}(?:\\.\\d{1,9})?)([smhd]?)");
    private static final Map<String, Integer> SECONDS = Map.of("", 1, "s", 1, "m", 60, "h", 3600, "d", 86_400);
    private static final double MOST_SECONDS = 1e11;
    private static final double MICROS = 1e6;

    private Moment() {}

    /**
     * Seconds since 1970, or less than zero: so long before now. A clock time is the latest one that has been.
     *
     * @param now with the zone of whoever has said it
     */
    public static Optional<Double> read(String text, ZonedDateTime now) {
        String word = text.strip();
        Matcher ago = AGO.matcher(word);
        if (ago.matches()) {
            boolean alone = !word.startsWith("-") && ago.group(2).isEmpty();
            double seconds = Double.parseDouble(ago.group(1)) * SECONDS.getOrDefault(ago.group(2), 1);
            return Optional.of(alone ? seconds : -seconds);
        }
        try {
            return Optional.of(seconds(at(word.replace(' ', 'T'), now)));
        } catch (DateTimeException noTime) {
            return Optional.empty();
        }
    }

    private static Instant at(String word, ZonedDateTime now) {
        if (word.indexOf('T') < 0 && word.indexOf(':') > 0) {
            ZonedDateTime today = now.with(LocalTime.parse(word.indexOf(':') == 1 ? "0" + word : word));
            return (today.isAfter(now) ? today.minusDays(1) : today).toInstant();
        }
        if (word.indexOf('T') < 0) {
            return LocalDate.parse(word).atStartOfDay(now.getZone()).toInstant();
        }
        try {
            return OffsetDateTime.parse(word).toInstant();
        } catch (DateTimeException local) {
            return LocalDateTime.parse(word).atZone(now.getZone()).toInstant();
        }
    }

    private static double seconds(Instant time) {
        return time.getEpochSecond() + time.getNano() / 1e9;
    }

    /** Microseconds since 1970, from a property of a request; empty when it is none. */
    public static Optional<Long> micros(@Nullable Object value, ZonedDateTime now) {
        Optional<Double> seconds = value instanceof String text
                ? read(text, now)
                : value instanceof Number number ? Optional.of(number.doubleValue()) : Optional.empty();
        return seconds.filter(given -> Math.abs(given) < MOST_SECONDS)
                .map(given -> given < 0 ? seconds(now.toInstant()) + given : given)
                .map(given -> (long) (given * MICROS));
    }
}
