package circus.tests.faults;

import circus.tests.harness.LoadedCircus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * The rounds of one scenario, and their figures. {@code -Dcircus.faults=N} says how many (the profile {@code faults}: a thousand),
 * {@code -Dcircus.seed=N} has the chances of an earlier run again, {@code -Dcircus.faults.record=true} keeps the figures for the page. One
 * thread uses it.
 */
final class Rounds {
    /** From so many on a scenario takes its time. */
    private static final int MANY = 1000;

    private final Fault fault;
    private final int count;
    private final Random random;
    private final List<Long> millis = new ArrayList<>();
    private long requests = -1;
    private long lines = -1;
    private long gaps;
    private long gapBytes;

    /** One of them. */
    interface Round {
        void run(int number) throws Exception;
    }

    private Rounds(Fault fault, int count, long seed) {
        this.fault = fault;
        this.count = count;
        random = new Random(seed);
    }

    /** @param few how many there are where nobody asks for more */
    static Rounds of(Fault fault, int few) {
        int count = Integer.getInteger("circus.faults", few);
        long seed = Long.getLong("circus.seed", System.nanoTime());
        System.out.println(fault + ": circus.faults=" + count + ", circus.seed=" + seed);
        return new Rounds(fault, count, seed);
    }

    int count() {
        return count;
    }

    /** What is short in a short run, and long in a long one. */
    <T> T either(T few, T many) {
        return count >= MANY ? many : few;
    }

    Random random() {
        return random;
    }

    void each(Round round) throws Exception {
        for (int number = 1; number <= count; number++) {
            try {
                round.run(number);
            } catch (Exception | Error failure) {
                failure.addSuppressed(new AssertionError("in round " + number + " of " + count));
                throw failure;
            }
        }
    }

    void pauseUpTo(Duration most) {
        LockSupport.parkNanos((long) (random.nextDouble() * most.toNanos()));
    }

    /** Something to be timed. */
    void timed(Runnable what) {
        long began = System.nanoTime();
        what.run();
        took(System.nanoTime() - began);
    }

    void took(long nanos) {
        millis.add(Duration.ofNanos(nanos).toMillis());
    }

    void took(List<Long> nanos) {
        nanos.forEach(this::took);
    }

    void lines(long logged) {
        lines = Math.max(0, lines) + logged;
    }

    void gap(long bytes) {
        gaps++;
        gapBytes += bytes;
    }

    /** The load has noticed nothing. */
    void unnoticed(LoadedCircus.Tally tally) {
        requests = Math.max(0, requests) + tally.requests();
        lines(tally.lines());
        System.out.println(tally);
    }

    /** All rounds are over, and nothing was wrong. */
    void passed() {
        List<Long> sorted = millis.stream().sorted().toList();
        Result result = new Result(
                fault,
                count,
                requests,
                lines,
                gaps,
                gapBytes,
                at(sorted, 0.5),
                at(sorted, 0.99),
                at(sorted, 1),
                Result.today());
        System.out.println(result);
        if (Boolean.getBoolean("circus.faults.record")) {
            result.write();
        }
    }

    private static long at(List<Long> sorted, double share) {
        return sorted.isEmpty() ? -1 : sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * share) - 1));
    }
}
