package papa.kernel;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import papa.kernel.RandomVerb.Step;

/**
 * What became of some steps on a new kernel.
 *
 * @param failure null if there was none
 * @param trace what was done, up to the failure
 */
record Attempt(List<Step> steps, @Nullable Throwable failure, List<String> trace, int handOvers) {
    private static final ScheduledExecutorService CLOCK = Executors.newScheduledThreadPool(1, task -> {
        Thread thread = new Thread(task, "random-verbs-clock");
        thread.setDaemon(true);
        return thread;
    });

    /** @param limit for a step: what the model says that comes does not come after that */
    static Attempt at(List<Step> steps, Duration limit) throws Exception {
        try (RandomRound round = new RandomRound()) {
            Throwable failure = null;
            try {
                for (Step each : steps) {
                    within(limit, () -> each.run(round));
                }
                within(limit, round::compareAll);
                within(limit, () -> SocketSteps.connectToAll(round));
            } catch (Exception | AssertionError failed) {
                failure = failed;
            }
            return new Attempt(steps, failure, List.copyOf(round.trace), round.handOvers);
        }
    }

    private interface Task {
        void run() throws Exception;
    }

    private static void within(Duration limit, Task task) throws Exception {
        Thread own = Thread.currentThread();
        Future<?> alarm = CLOCK.schedule(own::interrupt, limit.toMillis(), TimeUnit.MILLISECONDS);
        try {
            task.run();
        } finally {
            alarm.cancel(false);
            Thread.interrupted();
        }
    }

    @Override
    public String toString() {
        return steps.size() + " steps are enough for " + failure + ":\n" + String.join("\n", trace);
    }
}
