package papa.kernel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.kernel.RandomVerb.Step;

/**
 * Whatever clients ask of a kernel, and whenever another program takes its place, it answers as a model does that is nothing
 * but a few tables. Each run has other rounds; {@code -Dcircus.seed=N} has those of an earlier one, and {@code
 * -Dcircus.rounds=N} so many of them instead of as many as there are in eight seconds. Some 250 are the most in one JVM:
 * each kernel that another one has followed leaves descriptors in it, which an exec would have closed.
 */
@Timeout(value = 6, unit = TimeUnit.HOURS)
class RandomVerbsTest {
    private static final int STEPS = 120;
    private static final Duration TIME = Duration.ofSeconds(8);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration SHRINKING = Duration.ofSeconds(60);

    @Test
    void a_kernel_and_its_model_are_of_one_mind() throws Exception {
        long seed = Long.getLong("circus.seed", System.nanoTime());
        int rounds = Integer.getInteger("circus.rounds", Integer.MAX_VALUE);
        boolean timed = rounds == Integer.MAX_VALUE;
        long begun = System.nanoTime();
        long handOvers = 0;
        int round = 0;
        while (round < rounds && !(timed && System.nanoTime() - begun > TIME.toNanos())) {
            handOvers += round(seed + round);
            round++;
        }
        System.out.println("circus.seed=" + seed + ", circus.rounds=" + round + ": " + round * STEPS + " steps, "
                + handOvers + " kernels in the place of another");
    }

    /** How many kernels took the place of another. */
    private static int round(long seed) throws Exception {
        Dice dice = new Dice(seed);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            steps.add(Step.any(i, dice));
        }
        Attempt first = Attempt.at(steps, LIMIT);
        if (first.failure() != null) {
            System.out.println("circus.seed=" + seed + " fails, fewer steps are looked for: " + first);
            Shrinking shrunken = new Shrinking(first, System.nanoTime() + SHRINKING.toNanos());
            throw new AssertionError(
                    "again with -Dcircus.seed=" + seed + " -Dcircus.rounds=1\nfirst it was: " + first.failure() + "\n"
                            + shrunken.fewest(),
                    shrunken.fewest().failure());
        }
        return first.handOvers();
    }
}
