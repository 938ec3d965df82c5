package circus.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Measured times in nanoseconds, told in milliseconds. */
final class Figures {
    private final long[] nanos;

    Figures(long[] measured) {
        nanos = measured.clone();
        Arrays.sort(nanos);
    }

    static Figures together(List<Figures> parts) {
        return new Figures(
                parts.stream().flatMapToLong(part -> Arrays.stream(part.nanos)).toArray());
    }

    int count() {
        return nanos.length;
    }

    double millis(double quantile) {
        int index = (int) Math.ceil(quantile * nanos.length) - 1;
        return nanos[Math.max(0, index)] / 1e6;
    }

    /** {@code p50 / p99 / most}. */
    String spread() {
        return String.format(Locale.ROOT, "%.2f / %.2f / %.2f", millis(0.5), millis(0.99), millis(1));
    }

    /** The median, and all that were measured when they are few. */
    String median() {
        return String.format(Locale.ROOT, "%.0f (%.0f–%.0f)", millis(0.5), millis(0), millis(1));
    }
}
