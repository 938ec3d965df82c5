package circus.manager.rotation;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The times at which a file is rotated. Circus computes a day of the week wrong once it has passed, and takes no notice of
 * daylight saving at midnights; here every time is a true one (contract/streams.md, 8 and 10). Immutable.
 */
public final class RotationClock {
    private final Rotation.ByTime rotation;
    private final ZoneId zone;
    private final DateTimeFormatter suffix;

    /** @param local the time zone of this machine; not used by a rotation in universal time */
    public RotationClock(Rotation.ByTime rotation, ZoneId local) {
        this.rotation = rotation;
        this.zone = rotation.utc() ? ZoneOffset.UTC : local;
        this.suffix = DateTimeFormatter.ofPattern(rotation.when().suffix(), Locale.ROOT)
                .withZone(zone);
    }

    /**
     * The first time to rotate after this one.
     *
     * @param begun when the file was begun: the time of its first line, or when it was written last
     */
    public Instant next(Instant begun) {
        return switch (rotation.when()) {
            case S, M, H, D -> begun.plusSeconds(period());
            case MIDNIGHT -> midnight(begun, 1);
            default -> midnight(begun, daysToTheEndOfTheDay(begun));
        };
    }

    private long period() {
        return (long) rotation.when().seconds() * rotation.interval();
    }

    private Instant midnight(Instant after, int days) {
        return date(after).plusDays(days).atStartOfDay(zone).toInstant();
    }

    private LocalDate date(Instant time) {
        return time.atZone(zone).toLocalDate();
    }

    private int daysToTheEndOfTheDay(Instant begun) {
        int wanted = rotation.when().day().orElseThrow();
        int today = date(begun).getDayOfWeek().getValue();
        return Math.floorMod(wanted - today, 7) + 1;
    }

    /** What is put behind a dot behind the name of a file that is rotated at this time: when its period began. */
    public String suffix(Instant rotated) {
        return suffix.format(
                switch (rotation.when()) {
                    case S, M, H, D -> rotated.minusSeconds(period());
                    case MIDNIGHT -> midnight(rotated, -1);
                    default -> midnight(rotated, -7);
                });
    }
}
