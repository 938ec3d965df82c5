package circus.manager.plugin;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/**
 * The way of commands from the threads that read them to circus-loop. Each thread waits until its command was taken: so who writes faster
 * than circusd takes it waits, as with any pipe, and what was not taken before the end was not read either.
 */
final class Intake {
    /** Those that wait, by number; guarded by this. */
    private final Map<Long, CompletableFuture<Void>> waiting = new HashMap<>();

    private long last;

    private boolean closed;
    private boolean discards;

    /** @throws InterruptedException it was not taken, and never will be */
    void pass(Executor loop, Runnable command) throws InterruptedException {
        if (isDiscarding()) {
            return;
        }
        CompletableFuture<Void> taken = new CompletableFuture<>();
        long number = begin(taken);
        loop.execute(() -> {
            if (taken.complete(null)) {
                command.run();
            }
        });
        try {
            Void unused = taken.get();
        } catch (ExecutionException closing) {
            throw new InterruptedException("circusd is about to go");
        } finally {
            end(number);
        }
    }

    private synchronized long begin(CompletableFuture<Void> taken) throws InterruptedException {
        if (closed) {
            throw new InterruptedException("circusd is about to go");
        }
        last++;
        waiting.put(last, taken);
        return last;
    }

    private synchronized boolean isDiscarding() {
        return discards;
    }

    private synchronized void end(long number) {
        waiting.remove(number);
    }

    /** What is commanded from now on is of no use to anybody: it is read, and passed over. Any thread. */
    synchronized void discard() {
        discards = true;
        waiting.values().forEach(each -> each.complete(null));
    }

    /** Nothing is taken any more: what is commanded from now on is for somebody else. Any thread. */
    synchronized void close() {
        closed = true;
        waiting.values().forEach(each -> each.completeExceptionally(new IllegalStateException("closed")));
    }
}
