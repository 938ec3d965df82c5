package papa.kernel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import papa.kernel.RandomVerb.Step;

/** Leaves steps out of a round that failed, as long as it fails: ever smaller pieces of it, until the time is over. */
final class Shrinking {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Attempt fewest;
    private final long latestNanos;

    /** @param latestNanos System.nanoTime at which it stops */
    Shrinking(Attempt failed, long latestNanos) throws Exception {
        this.fewest = failed;
        this.latestNanos = latestNanos;
        for (int piece = failed.steps().size() / 2; piece > 0; piece /= 2) {
            leaveOut(piece);
        }
    }

    private void leaveOut(int piece) throws Exception {
        int end = fewest.steps().size();
        while (end > 0 && System.nanoTime() < latestNanos) {
            int begin = Math.max(0, end - piece);
            List<Step> fewer = new ArrayList<>(fewest.steps());
            fewer.subList(begin, end).clear();
            Attempt attempt = Attempt.at(fewer, LIMIT);
            if (attempt.failure() != null) {
                fewest = attempt;
            }
            end = begin;
        }
    }

    Attempt fewest() {
        return fewest;
    }
}
