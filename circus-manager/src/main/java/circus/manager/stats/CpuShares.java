package circus.manager.stats;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What share of a processor each process takes, in percent of one; more than 100 when it runs on several.
 *
 * <p>The share is that since a former look at the process, whoever it was that looked: the last one that is half a second ago or longer. So
 * it does not matter who asked last, and nobody gets the noise of a shorter time. While {@link Pace} samples every second, that is 0.5 to
 * 1.5 s ago; after a quiet time up to a minute, or as long as the pace was. At the first look at a process it is the mean over its whole life.
 *
 * <p>Two looks are kept for each process, of {@value #MOST_KEPT} at the most, who is new after that always has the mean over its life; those
 * that a look at everybody did not meet are forgotten. One thread.
 */
final class CpuShares {
    static final int MOST_KEPT = 50_000;

    /** A hundredth of a second is all that Linux tells, which makes 2 % of this. */
    static final long SHORTEST_NANOS = 500_000_000;

    /** A process of that age at the least: its start is told in hundredths of a second too. */
    private static final double SHORTEST_LIFE_SECONDS = 0.1;

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private record Look(long ticks, long nanos) {}

    /** @param startTicks a pid that is used again has another */
    private record Kept(long startTicks, Look former, Look latest, long seenNanos) {}

    private final double ticksPerSecond;
    private final Map<Integer, Kept> kept = new HashMap<>();

    CpuShares(long ticksPerSecond) {
        this.ticksPerSecond = ticksPerSecond;
    }

    /**
     * Takes note of a look, and says what share comes of it, with one decimal.
     *
     * @param ageSeconds how long the process lives by now
     * @param now when it was looked at, on a clock that never goes back
     */
    double look(ProcessStat process, double ageSeconds, long now) {
        Look look = new Look(process.ownTicks(), now);
        Kept before = kept.get(process.pid());
        if (before == null || before.startTicks() != process.startTicks()) {
            double age = Math.max(SHORTEST_LIFE_SECONDS, ageSeconds);
            Look birth = new Look(0, now - (long) (age * NANOS_PER_SECOND));
            if (before != null || kept.size() < MOST_KEPT) {
                kept.put(process.pid(), new Kept(process.startTicks(), birth, look, now));
            }
            return share(birth, look);
        }
        boolean old = now - before.latest().nanos() >= SHORTEST_NANOS;
        Look since = old ? before.latest() : before.former();
        kept.put(process.pid(), new Kept(process.startTicks(), since, old ? look : before.latest(), now));
        return share(since, look);
    }

    private double share(Look since, Look look) {
        double busySeconds = Math.max(0, look.ticks() - since.ticks()) / ticksPerSecond;
        double passedSeconds = (look.nanos() - since.nanos()) / NANOS_PER_SECOND;
        return passedSeconds <= 0 ? 0.0 : Math.round(busySeconds / passedSeconds * 1000.0) / 10.0;
    }

    /** Forgets whom nobody has looked at since. */
    void forgetUnseen(long since) {
        kept.values().removeIf(each -> each.seenNanos() < since);
    }

    int size() {
        return kept.size();
    }
}
