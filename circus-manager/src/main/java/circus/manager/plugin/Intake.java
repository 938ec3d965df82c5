package circus.manager.plugin;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/**
 * The way of commands from the threads that read them to circus-loop. Each thread waits until its command was taken: so who writes faster
 * than circusd takes it waits, as with any pipe, and what was not taken before the end was not read either.
 */
final class Intake {
    /** Those that wait; guarded by this. */
    private final Set<CompletableFuture<Void>> waiting = new HashSet<>();

    private boolean closed;

    /** @throws InterruptedException it was not taken, and never will be */
    void pass(Executor loop, Runnable command) throws InterruptedException {
        CompletableFuture<Void> taken = begin();
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
            end(taken);
        }
    }

    private synchronized CompletableFuture<Void> begin() throws InterruptedException {
        if (closed) {
            throw new InterruptedException("circusd is about to go");
        }
        CompletableFuture<Void> taken = new CompletableFuture<>();
        waiting.add(taken);
        return taken;
    }

    private synchronized void end(CompletableFuture<Void> taken) {
        waiting.remove(taken);
    }

    /** Nothing is taken any more. Any thread. */
    synchronized void close() {
        closed = true;
        waiting.forEach(each -> each.completeExceptionally(new IllegalStateException("closed")));
    }
}
