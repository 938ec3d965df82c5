package circus.manager.upgrade;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A question to circus-loop by a thread that waits for the answer: one that is given up is never looked at, however late its turn comes. */
final class LoopQuestion {
    private static final long LOOK_MILLIS = 50;

    private LoopQuestion() {}

    /**
     * @param loop runs tasks on circus-loop, which may have come to its end
     * @param limit until its turn comes; once it is being answered it is waited for
     * @param isAbandoned looked at now and then: whether to give up at once
     * @throws TimeoutException when it is given up
     * @throws ExecutionException with what the question has thrown
     */
    static <T> T ask(Executor loop, Supplier<T> question, Duration limit, BooleanSupplier isAbandoned)
            throws TimeoutException, ExecutionException, InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        AtomicBoolean isDecided = new AtomicBoolean(); // by the loop that answers, or by who gives up
        loop.execute(() -> {
            if (isDecided.compareAndSet(false, true)) {
                try {
                    answer.complete(question.get());
                } catch (RuntimeException | Error mistake) {
                    answer.completeExceptionally(mistake);
                }
            }
        });
        long endNanos = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException notYet) {
                boolean givesUp = isAbandoned.getAsBoolean() || System.nanoTime() - endNanos > 0;
                if (givesUp && isDecided.compareAndSet(false, true)) {
                    throw notYet;
                }
            } catch (InterruptedException hurried) {
                isDecided.set(true);
                throw hurried;
            }
        }
    }
}
