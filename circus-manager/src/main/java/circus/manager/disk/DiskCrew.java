package circus.manager.disk;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Disk threads: one as a rule, since a list of work costs one hand-over then; another when no work was begun for a moment
 * although some waits, up to sixteen. A device or directory on which four are stuck gets no more of them, so that a
 * hanging file system does not use them up.
 */
public final class DiskCrew implements Crew {
    private static final int MOST_THREADS = 16;
    private static final int MOST_STUCK_IN_A_LANE = 4;
    private static final long MOMENT_NANOS = Duration.ofMillis(10).toNanos();
    private static final long WAKE_NANOS = Duration.ofMillis(1).toNanos();
    private static final long IDLE_MILLIS = 30_000;

    private record Running(Object lane, long sinceNanos) {}

    private final Runnable wakeUp;
    private final Object lock = new Object();
    private final ArrayDeque<DiskTask<?>> waiting = new ArrayDeque<>();
    private final Map<Thread, @Nullable Running> threads = new LinkedHashMap<>();
    private final ConcurrentLinkedQueue<DiskTask<?>> done = new ConcurrentLinkedQueue<>();
    private int idle;
    private int started;
    private boolean isClosed;

    /** When a task was begun or came to wait last. */
    private long lastMoveNanos;

    private long lastWakeNanos;

    /** @param wakeUp called on disk threads when {@link #takeDone} has something to give */
    public DiskCrew(Runnable wakeUp) {
        this.wakeUp = wakeUp;
    }

    @Override
    public void hand(List<DiskTask<?>> tasks) {
        if (tasks.isEmpty()) {
            return;
        }
        synchronized (lock) {
            if (waiting.isEmpty()) {
                lastMoveNanos = System.nanoTime();
            }
            waiting.addAll(tasks);
            if (idle > 0) {
                lock.notify();
            } else if (threads.isEmpty()) {
                startThread();
            }
        }
    }

    @Override
    public List<DiskTask<?>> takeDone() {
        if (done.isEmpty()) {
            return List.of();
        }
        List<DiskTask<?>> taken = new ArrayList<>();
        for (DiskTask<?> task = done.poll(); task != null; task = done.poll()) {
            taken.add(task);
        }
        return taken;
    }

    @Override
    public void look(long nowNanos) {
        synchronized (lock) {
            if (waiting.isEmpty() || nowNanos - lastMoveNanos < MOMENT_NANOS) {
                return;
            }
            lastMoveNanos = nowNanos;
            if (idle > 0) {
                lock.notify();
            } else if (threads.size() < MOST_THREADS) {
                startThread();
            }
        }
    }

    @Override
    public long nextDeadlineNanos() {
        synchronized (lock) {
            boolean isOfUse = !waiting.isEmpty() && (idle > 0 || threads.size() < MOST_THREADS);
            return isOfUse ? lastMoveNanos + MOMENT_NANOS : Long.MAX_VALUE;
        }
    }

    private void startThread() {
        if (isClosed) {
            return;
        }
        Thread thread = new Thread(this::work, "circus-disk-" + ++started);
        thread.setDaemon(true);
        threads.put(thread, null);
        thread.start();
    }

    private void work() {
        try {
            for (DiskTask<?> task = next(); task != null; task = next()) {
                task.run();
                done.add(task);
                if (isToBeTold()) {
                    wakeUp.run();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (lock) {
                threads.remove(Thread.currentThread());
                lock.notifyAll();
            }
        }
    }

    /** Whether the one who waits for outcomes should look: the list is at its end, or it takes long. */
    private boolean isToBeTold() {
        synchronized (lock) {
            threads.put(Thread.currentThread(), null);
            long now = System.nanoTime();
            if (!waiting.isEmpty() && now - lastWakeNanos < WAKE_NANOS) {
                return false;
            }
            lastWakeNanos = now;
            return true;
        }
    }

    /** Waits for a task; null when this thread is needed no more. */
    private @Nullable DiskTask<?> next() throws InterruptedException {
        synchronized (lock) {
            while (true) {
                DiskTask<?> task = take();
                if (task != null || isClosed) {
                    return task;
                }
                long begin = System.nanoTime();
                idle++;
                lock.wait(IDLE_MILLIS);
                idle--;
                boolean waitedLong = System.nanoTime() - begin
                        >= Duration.ofMillis(IDLE_MILLIS).toNanos();
                if (waitedLong && waiting.isEmpty() && threads.size() > 1) {
                    return null;
                }
            }
        }
    }

    private @Nullable DiskTask<?> take() {
        Iterator<DiskTask<?>> all = waiting.iterator();
        while (all.hasNext()) {
            DiskTask<?> task = all.next();
            if (!isCrowded(task.lane())) {
                all.remove();
                lastMoveNanos = System.nanoTime();
                threads.put(Thread.currentThread(), new Running(task.lane(), lastMoveNanos));
                return task;
            }
        }
        return null;
    }

    private boolean isCrowded(Object lane) {
        if (threads.size() <= MOST_STUCK_IN_A_LANE) {
            return false;
        }
        int stuck = 0;
        long now = System.nanoTime();
        for (Running each : threads.values()) {
            if (each != null && each.lane().equals(lane) && now - each.sinceNanos() >= MOMENT_NANOS) {
                stuck++;
            }
        }
        return stuck >= MOST_STUCK_IN_A_LANE;
    }

    @Override
    public void close(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (lock) {
            isClosed = true;
            lock.notifyAll();
            try {
                long left = limit.toMillis();
                while (!threads.isEmpty() && left > 0) {
                    lock.wait(left);
                    left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            waiting.clear();
        }
    }
}
