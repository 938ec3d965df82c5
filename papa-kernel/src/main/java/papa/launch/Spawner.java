package papa.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Bell;
import papa.posix.Errno;
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
 */
public final class Spawner {
    /** Told on the loop's thread how a launch went. */
    public interface Launched {
        void started(Started started);

        void failed(LaunchFailure failure);
    }

    public static final int MOST_THREADS = Limit.STARTS.most();

    private static final long PATIENCE_NANOS = 1_000_000_000L;

    /** A start that has not ended by then may hang; the machine may also be busy. */
    private static final long LOW_LIMIT_NANOS = 100_000_000L;

    /** What can be done on one of the threads. */
    private interface Job {
        void run(Launcher launcher);
    }

    private final Posix posix;
    private final EventLoop loop;
    private final LaunchSettings settings;
    private final FileLimitTurn fileLimit;
    private final ConcurrentLinkedQueue<Job> jobs = new ConcurrentLinkedQueue<>();
    private final List<Worker> workers = new ArrayList<>();
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
        add(launcher -> {
            try {
                Started started = launcher.launch(order);
                loop.post(() -> launched.started(started));
            } catch (LaunchFailure failure) {
                loop.post(() -> launched.failed(failure));
            } catch (RuntimeException | Error fault) {
                LaunchFailure failure =
                        new LaunchFailure(order.spec().name(), LaunchFailure.Stage.PROCESS, Errno.ENOMEM.negated(), "");
                loop.post(() -> launched.failed(failure));
            }
        });
    }

    /**
     * Starts a program of the kernel's own, in its working directory.
     *
     * @param told the pid, or a negated errno; on the loop's thread
     */
    public void run(SpawnRequest request, IntConsumer told) {
        add(launcher -> {
            int pid = run(launcher, request);
            loop.post(() -> told.accept(pid));
        });
    }

    private static int run(Launcher launcher, SpawnRequest request) {
        try {
            return launcher.run(request);
        } catch (RuntimeException | Error fault) {
            Log.fault("starting a program failed", fault); // this thread must go on
            return Errno.ENOMEM.negated();
        }
    }

    private void add(Job job) {
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
        if (!jobs.isEmpty()) {
            long busyNanos = leader.busyNanos();
            if (busyNanos >= PATIENCE_NANOS || leader.isOut()) {
                promote();
            } else {
                next = Math.min(next, PATIENCE_NANOS - Math.max(0, busyNanos));
            }
        }
        if (next < Long.MAX_VALUE) {
            watch(next);
        }
    }

    /** Another thread takes over the queue: one that rests, or else a new one. */
    private void promote() {
        Worker next = null;
        for (Worker each : workers) {
            if (each != leader && each.busyNanos() < 0 && !each.isOut()) {
                next = each;
            }
        }
        if (next == null && workers.size() < MOST_THREADS) {
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
            return; // who comes back calls look
        }
        Log.info("starting a process has taken more than a second; another thread goes on with the next one");
        leader = next;
        next.ring();
        watch(LOW_LIMIT_NANOS);
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
            Thread thread = new Thread(this::run, "papa-spawner");
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
                launcher = new Launcher(posix, settings, fileLimit);
                work(launcher);
            } catch (PosixException failed) {
                Log.info("a thread cannot start processes: " + failed.getMessage());
            }
            out = true;
            loop.post(Spawner.this::look);
            while (true) {
                posix.read(bell, bellWords + 8, 8); // it must not end: its children would be taken for adopted ones
            }
        }

        private void work(Launcher mine) {
            while (!mine.isBroken()) {
                posix.read(bell, bellWords + 8, 8); // waits for work
                while (leader == this && !mine.isBroken()) {
                    busySince = System.nanoTime() | 1;
                    Job job = jobs.poll();
                    if (job == null) {
                        busySince = 0;
                        break;
                    }
                    job.run(mine);
                }
                busySince = 0;
                if (leader != this) {
                    loop.post(Spawner.this::look); // all others may hang by now
                }
            }
            Log.info("a thread could not become uid " + Integer.toUnsignedString(mine.uid())
                    + " again; it starts nothing any more");
        }
    }
}
