package papa.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Bell;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.posix.SpawnRequest;
import papa.wire.Limit;

/**
 * The threads that do what may have to wait: starting programs (posix_spawn waits for the exec, and the program may lie on a
 * file system that hangs) and looking up users. Results are posted to the loop.
 *
 * <p>One thread takes job after job. When a job of it has taken more than a second and others wait, the next thread takes
 * over the queue, and the first one rests when it is through. There are at most {@link #MOST_THREADS}; when all of them
 * hang, the queue waits for the first to come back. Loop thread only, unless said otherwise.
 *
 * <p>A thread that cannot come back from the identity of a child ({@link ThreadIdentity}) is lost: it rests for ever, and a
 * new one takes its place. Since each of them is a thread more, nothing is started as another user any more when {@link
 * #MOST_LOST} have been lost; what runs as papa itself loses none.
 */
public final class Spawner {
    /** Told on the loop's thread how a launch went. */
    public interface Launched {
        void started(Started started);

        void failed(LaunchFailure failure);
    }

    public static final int MOST_THREADS = Limit.STARTS.most();

    /** The name of each thread that starts programs, which a child has until its exec. */
    static final String THREAD = "papa-spawner";

    private static final long PATIENCE_NANOS = 1_000_000_000L;

    /** A start that has not ended by then may hang; the machine may also be busy. */
    private static final long LOW_LIMIT_NANOS = 100_000_000L;

    /** How many threads may be lost to the identity of a child before nothing more is started as another user. */
    static final int MOST_LOST = Limit.LOST_THREADS.most();

    private static final long RETRY_NANOS = 1_000_000_000L;

    private final Posix posix;
    private final EventLoop loop;
    private final LaunchSettings settings;
    private final FileLimitTurn fileLimit;
    private final ConcurrentLinkedQueue<SpawnJob> jobs = new ConcurrentLinkedQueue<>();
    private final List<Worker> workers = new ArrayList<>();
    private final AtomicInteger lost = new AtomicInteger();
    private volatile Worker leader;
    private EventLoop.@Nullable Timer nextLook;
    private long nextLookDue;

    public Spawner(Posix posix, EventLoop loop, LaunchSettings settings) throws PosixException {
        this.posix = posix;
        this.loop = loop;
        this.settings = settings;
        this.fileLimit = new FileLimitTurn(posix, settings.fileLimit());
        this.leader = new Worker();
        workers.add(leader);
    }

    public void start() {
        leader.start();
    }

    /** Starts a process. */
    public void launch(LaunchOrder order, Launched launched) {
        add(new SpawnJob.Start(loop, order, launched));
    }

    /**
     * Starts a program of the kernel's own, in its working directory.
     *
     * @param told the pid, or a negated errno; on the loop's thread
     */
    public void run(SpawnRequest request, IntConsumer told) {
        add(new SpawnJob.Helper(loop, request, told));
    }

    private void add(SpawnJob job) {
        jobs.add(job);
        leader.ring();
        watch(LOW_LIMIT_NANOS);
    }

    /** Looks after a while, if not sooner anyway. */
    private void watch(long delayNanos) {
        long due = System.nanoTime() + delayNanos;
        if (nextLook != null && nextLookDue - due <= 0) {
            return;
        }
        if (nextLook != null) {
            nextLook.cancel();
        }
        nextLookDue = due;
        nextLook = loop.after(delayNanos, () -> {
            nextLook = null;
            look();
        });
    }

    /** Some while after a job was taken: whether it hangs, and what that keeps from going on. */
    private void look() {
        long next = Long.MAX_VALUE;
        for (Worker each : workers) {
            if (each.holdsTheLimitLow() && !each.raiseTheLimit()) {
                next = Math.min(next, Math.max(LOW_LIMIT_NANOS, each.busyNanos()));
            }
        }
        if (leader.isOut()) {
            if (!promote()) {
                next = Math.min(next, RETRY_NANOS); // all the others hang, or there is no memory: perhaps later
            }
        } else if (!jobs.isEmpty()) {
            long busyNanos = leader.busyNanos();
            if (busyNanos >= PATIENCE_NANOS) {
                promote(); // if nobody can take over, who comes back calls this
            } else {
                next = Math.min(next, PATIENCE_NANOS - Math.max(0, busyNanos));
            }
        }
        workers.removeIf(each -> each != leader && each.isOut() && each.release());
        if (next < Long.MAX_VALUE) {
            watch(next);
        }
    }

    /** Another thread takes over the queue: one that rests, or else a new one. False if there is none. */
    private boolean promote() {
        Worker next = null;
        for (Worker each : workers) {
            if (each != leader && each.busyNanos() < 0 && !each.isOut()) {
                next = each;
            }
        }
        long alive = workers.stream().filter(each -> !each.isOut()).count();
        if (next == null && alive < MOST_THREADS) {
            try {
                Worker fresh = new Worker();
                fresh.start();
                workers.add(fresh);
                next = fresh;
            } catch (PosixException | OutOfMemoryError failed) {
                Log.info("cannot make another thread to start processes: " + failed.getMessage());
            }
        }
        if (next == null) {
            return false;
        }
        if (!leader.isOut()) {
            Log.info("starting a process has taken more than a second; another thread goes on with the next one");
        }
        leader = next;
        next.ring();
        watch(LOW_LIMIT_NANOS);
        return true;
    }

    /** Kills what still hangs in its start after a while; those are told as started and ended. */
    public void endHanging(long graceNanos) {
        loop.after(graceNanos, () -> workers.forEach(Worker::killChild));
    }

    /** A thread, the bell that it waits for, and what it is at. */
    private final class Worker {
        private final int bell;
        private final long bellWords;
        private volatile @Nullable Launcher launcher;

        /** System.nanoTime when it took its job; 0 while it has none. */
        private volatile long busySince;

        private volatile boolean out;

        private Worker() throws PosixException {
            this.bellWords = posix.allocate(16);
            this.bell = posix.eventfd(true);
            if (bell < 0) {
                posix.free(bellWords);
            }
            PosixException.check("make an eventfd", bell);
            posix.putLong(bellWords, 1);
        }

        private void start() {
            Thread thread = new Thread(this::run, THREAD);
            thread.setDaemon(true);
            try {
                thread.start();
            } catch (OutOfMemoryError noThread) {
                posix.close(bell);
                posix.free(bellWords);
                throw noThread;
            }
        }

        private void ring() {
            Bell.ring(posix, bell, bellWords);
        }

        private long busyNanos() {
            long since = busySince;
            return since == 0 ? -1 : System.nanoTime() - since;
        }

        /** Whether it must not start anything any more. */
        private boolean isOut() {
            return out;
        }

        private boolean holdsTheLimitLow() {
            Launcher mine = launcher;
            return mine != null && fileLimit.isTakenBy(mine);
        }

        /** False if it is too early for that: it may hang before its child is made, or not at all. */
        private boolean raiseTheLimit() {
            Launcher mine = launcher;
            if (mine == null || busyNanos() < LOW_LIMIT_NANOS || !mine.hasChild()) {
                return false;
            }
            fileLimit.raise();
            return true;
        }

        private void killChild() {
            Launcher mine = launcher;
            if (mine != null && busyNanos() >= 0) {
                mine.killChild();
            }
        }

        private void run() {
            try {
                prepared();
            } catch (PosixException | OutOfMemoryError failed) {
                Log.info("a thread cannot start processes yet: " + failed.getMessage());
            }
            while (!isBroken()) {
                posix.read(bell, bellWords + 8, 8); // waits for work
                work();
                busySince = 0;
                if (leader != this) {
                    loop.post(Spawner.this::look); // all others may hang by now
                }
            }
            Log.info(
                    "a thread could not come back from the identity of a child; it starts nothing any more, and another"
                            + " one takes its place");
            lost.incrementAndGet();
            out = true;
            loop.post(Spawner.this::look);
            while (true) {
                LockSupport.park(this); // it must not end: see Launcher
            }
        }

        private void work() {
            while (leader == this && !isBroken()) {
                busySince = System.nanoTime() | 1;
                SpawnJob job = jobs.poll();
                if (job == null) {
                    return;
                }
                if (job.changesIdentity() && lost.get() >= MOST_LOST) {
                    job.cannot(MOST_LOST + " threads could not come back from the identity of a child, and no more are"
                            + " risked; papa upgrade makes an end of them");
                    continue;
                }
                try {
                    job.run(prepared());
                } catch (PosixException | RuntimeException | Error failed) { // this thread must go on
                    job.cannot(failed.getMessage() + "");
                }
            }
        }

        /** What this thread starts programs with, once there was room for it. */
        private Launcher prepared() throws PosixException {
            Launcher mine = launcher;
            if (mine == null) {
                mine = new Launcher(posix, settings, fileLimit);
                launcher = mine;
            }
            return mine;
        }

        private boolean isBroken() {
            Launcher mine = launcher;
            return mine != null && mine.isBroken();
        }

        /** Gives back all of a lost thread but the thread itself. Loop thread, as all who might use it. */
        private boolean release() {
            Launcher mine = launcher;
            if (mine != null) {
                mine.close();
            }
            posix.close(bell);
            posix.free(bellWords);
            return true;
        }
    }
}
