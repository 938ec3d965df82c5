package papa.kernel;

import java.util.List;
import org.jspecify.annotations.Nullable;
import papa.kernel.RandomVerb.Step;

/**
 * What became of some steps on a new kernel.
 *
 * @param failure null if there was none
 * @param trace what was done, up to the failure
 */
record Attempt(List<Step> steps, @Nullable Throwable failure, List<String> trace, int handOvers) {
    static Attempt at(List<Step> steps) throws Exception {
        RandomRound round = new RandomRound();
        try (round) {
            Throwable failure = null;
            try {
                for (Step each : steps) {
                    each.run(round);
                }
                round.compareAll();
                SocketSteps.connectToAll(round);
            } catch (Exception | AssertionError failed) {
                failure = failed;
            }
            return new Attempt(steps, failure, List.copyOf(round.trace), round.handOvers);
        }
    }

    @Override
    public String toString() {
        return steps.size() + " steps are enough for " + failure + ":\n" + String.join("\n", trace);
    }
}
