package circus.manager.hook;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which hooks run, {@code circus-hook-N}. One that does not come back from a hook is abandoned and replaced, until there are
 * too many of those: then hooks are refused, and nothing else suffers. Any thread.
 */
final class HookThreads {
    private final int working;
    private final int most;
    private final AtomicInteger numbers = new AtomicInteger();
    private final ThreadPoolExecutor pool;
    private int hanging;

    /**
     * @param working how many hooks run side by side; the others wait for their turn
     * @param most how many threads there are with the abandoned ones
     */
    HookThreads(int working, int most) {
        this.working = working;
        this.most = most;
        this.pool = new ThreadPoolExecutor(working, most, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread created = new Thread(task, "circus-hook-" + numbers.incrementAndGet());
            created.setDaemon(true);
            return created;
        });
        pool.allowCoreThreadTimeOut(true);
    }

    /** @throws RejectedExecutionException all threads hang, so nothing would ever come of it */
    synchronized void execute(Runnable task) {
        if (hanging >= most) {
            throw new RejectedExecutionException(
                    "all " + most
                            + " threads for hooks are taken by hooks that did not come back; mend those and start circusd again");
        }
        pool.execute(task);
    }

    /** A task did not end in time. */
    synchronized void abandoned() {
        hanging++;
        resize();
    }

    /** An abandoned one has come back after all. */
    synchronized void returned() {
        hanging--;
        resize();
    }

    private void resize() {
        pool.setCorePoolSize(Math.min(most, working + hanging));
    }

    /** Nothing waits for its turn any more, and what runs is interrupted. */
    void shutDown() {
        pool.shutdownNow();
    }
}
