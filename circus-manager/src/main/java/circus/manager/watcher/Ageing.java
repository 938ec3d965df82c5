package circus.manager.watcher;

import java.time.Duration;
import java.time.Instant;

/** Ends the workers that have become too old; their replacement is no different from any other. Runs on circus-loop only. */
final class Ageing {
    private final Blueprint blueprint;
    private final Crew crew;

    Ageing(Blueprint blueprint, Crew crew) {
        this.blueprint = blueprint;
        this.crew = crew;
    }

    /**
     * Ends those that are too old.
     *
     * @param today the time of day at {@code now}
     * @return when the next one is, on the loop's clock
     */
    long retire(Instant today, long now) {
        Lifespan lifespan = new Lifespan(blueprint.options());
        if (!lifespan.isLimited()) {
            return Reconciler.NEVER;
        }
        long next = Reconciler.NEVER;
        for (Worker worker : crew.workers().all()) {
            if (worker.state() == WorkerState.RUNNING) {
                Duration left = Duration.between(today, lifespan.end(worker));
                if (left.isZero() || left.isNegative()) {
                    crew.end(worker, ExitReason.MAX_AGE, now);
                } else {
                    next = Math.min(next, now + left.toNanos());
                }
            }
        }
        return next;
    }
}
