package circus.manager.watcher;

import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.time.Duration;
import java.time.Instant;

/**
 * How old the workers of one watcher may become: {@code max_age}, and at random up to {@code max_age_variance} more, so that what was
 * started together is not replaced together. Each worker's share of the variance follows from its incarnation alone: it is drawn once, and
 * the next manager comes to the same. Immutable.
 */
final class Lifespan {
    private final Duration least;
    private final long varianceNanos;

    Lifespan(OptionValues options) {
        this.least = Duration.ofSeconds(Math.max(0, options.get(WatcherOptions.MAX_AGE)));
        this.varianceNanos = Duration.ofSeconds(Math.max(0, options.get(WatcherOptions.MAX_AGE_VARIANCE)))
                .toNanos();
    }

    boolean isLimited() {
        return !least.isZero();
    }

    /** When this worker, which has a process, is to be replaced. */
    Instant end(Worker worker) {
        long share = (long) (share(worker.incarnation(), worker.started()) * varianceNanos);
        return worker.started().plus(least).plusNanos(share);
    }

    /** From 0 to less than 1, evenly spread over all processes. */
    private static double share(long incarnation, Instant started) {
        // The finish of SplitMix64: neighbours in, strangers out. The time has other kernels draw other lots.
        long lot = incarnation * 0x9E3779B97F4A7C15L + started.getEpochSecond() * 1_000_000_000L + started.getNano();
        lot = (lot ^ (lot >>> 30)) * 0xBF58476D1CE4E5B9L;
        lot = (lot ^ (lot >>> 27)) * 0x94D049BB133111EBL;
        return ((lot ^ (lot >>> 31)) >>> 11) * 0x1.0p-53;
    }
}
