package circus.plugins;

import java.time.Duration;

/** Seconds with a fraction, as options have them. */
final class Seconds {
    private Seconds() {}

    /** Not less than a millisecond, nor more than a century. */
    static Duration of(double seconds) {
        return Duration.ofMillis((long) Math.max(1, Math.min(seconds * 1e3, 3.15576e12)));
    }
}
