package circus.manager.line;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** The line that stands in a log for bytes that were dropped. */
public final class LossNotice {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.S", Locale.US);

    private LossNotice() {}

    /**
     * {@code [circus] 18231 bytes lost 12:01:03.2 to 12:01:09.8} and a line feed.
     *
     * @param firstMicros when the first of them was captured
     */
    public static String text(long bytes, long firstMicros, long lastMicros, ZoneId zone) {
        return "[circus] " + bytes + " bytes lost " + time(firstMicros, zone) + " to " + time(lastMicros, zone) + "\n";
    }

    private static String time(long micros, ZoneId zone) {
        return TIME.format(Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atZone(zone));
    }
}
