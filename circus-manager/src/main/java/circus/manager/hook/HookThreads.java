package circus.manager.hook;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which code of users runs, {@code circus-hook-N} for hooks. One that does not come back is abandoned and replaced, until there
 * are too many of those: then more is refused, and nothing else suffers. Any thread.
 */
public final class HookThreads {
    private final String what;
    private final int working;
    private final int most;
    private final AtomicInteger numbers = new AtomicInteger();
    private final ThreadPoolExecutor pool;
    private int hanging;

    /**
     * @param what runs there: {@code hook}
     * @param working how many of them run side by side; the others wait for their turn
     * @param most how many threads there are with the abandoned ones
     */
    public HookThreads(String what, int working, int most) {
        this(what, working, most, Thread::new);
    }

    /** @param threads makes them; their names are given here */
    public HookThreads(String what, int working, int most, ThreadFactory threads) {
        this.what = what;
        this.working = working;
        this.most = most;
        this.pool = new ThreadPoolExecutor(working, most, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread created = threads.newThread(task);
            created.setName("circus-" + what + "-" + numbers.incrementAndGet());
            created.setDaemon(true);
            return created;
        });
        pool.allowCoreThreadTimeOut(true);
    }

    /**
     * Has it run when it is its turn.
     *
     * @throws RejectedExecutionException all threads hang, so nothing would ever come of it
     * @throws OutOfMemoryError the machine has no thread for it, and it will not run
     */
    public synchronized void execute(Runnable task) {
        if (hanging >= most) {
            throw new RejectedExecutionException("all " + most + " threads for " + what + "s are taken by " + what
                    + "s that did not come back; mend those and start circusd again");
        }
        pool.execute(task);
    }

    /** How many tasks wait for their turn, of which some may have been given up. */
    public int waiting() {
        return pool.getQueue().size();
    }

    /** A task did not end in time. */
    public synchronized void abandoned() {
        hanging++;
        resize();
    }

    /** An abandoned one has come back after all. */
    public synchronized void returned() {
        hanging--;
        resize();
    }

    private void resize() {
        pool.setCorePoolSize(Math.min(most, working + hanging));
    }

    /** Nothing waits for its turn any more, and what runs is interrupted. */
    public void shutDown() {
        pool.shutdownNow();
    }
}
