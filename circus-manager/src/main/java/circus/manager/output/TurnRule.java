package circus.manager.output;

import circus.manager.rotation.Rotation;
import circus.manager.rotation.RotationClock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Before which bytes a file is to be begun anew. Immutable. */
final class TurnRule {
    /** Of files that grow, and of consoles. */
    static final TurnRule NEVER = new TurnRule(Long.MAX_VALUE, null);

    /** In place of a time: not known, or never. */
    static final long NO_TIME = Long.MAX_VALUE;

    private final long maxBytes;
    private final @Nullable RotationClock clock;

    private TurnRule(long maxBytes, @Nullable RotationClock clock) {
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    static TurnRule of(Rotation rotation, ZoneId zone) {
        if (rotation instanceof Rotation.BySize bySize) {
            return new TurnRule(bySize.maxBytes(), null);
        }
        if (rotation instanceof Rotation.ByTime byTime) {
            return new TurnRule(Long.MAX_VALUE, new RotationClock(byTime, zone));
        }
        return NEVER;
    }

    /** A file is shorter than this, unless it is a single line. */
    long maxBytes() {
        return maxBytes;
    }

    boolean isByTime() {
        return clock != null;
    }

    /** When a file that was begun then is to be put aside, in microseconds since 1970. */
    long dueMicros(long begunMicros) {
        return clock == null ? NO_TIME : micros(clock.next(instant(begunMicros)));
    }

    /** What a file is named by that was due then. */
    String suffix(long dueMicros) {
        return clock == null || dueMicros == NO_TIME ? "" : clock.suffix(instant(dueMicros));
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
