package papa.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import papa.posix.Bell;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.PosixException;

/**
 * The one thread that owns all state of the kernel, and what it waits for: descriptors that become ready, timers, and
 * tasks that other threads post. It knows nothing of processes.
 *
 * <pre>
 *   wait (epoll) ─► ready handlers ─► posted tasks ─► timers due ─► what is paced ─► end-of-turn work ─► wait
 * </pre>
 *
 * <p>All methods but {@link #post} belong to the loop's thread. A handler that throws is logged and dropped with its
 * descriptor's interest: a fault in one conversation must not end the others.
 */
public final class EventLoop {
    private static final int EVENTS_AT_ONCE = 256;
    private static final long RETRY_NANOS = 1_000_000_000L;

    /** Called when its descriptor is ready; {@code events} are those of epoll(7). Must not block. */
    public interface Handler {
        void ready(int events);
    }

    /** A deadline that can be called off, and set anew. */
    public static final class Timer {
        static final int NOWHERE = -1;

        private final Timers timers;
        private final Runnable task;
        private long dueNanos;

        /** Among {@link Timers}. */
        int place = NOWHERE;

        private Timer(Timers timers, Runnable task) {
            this.timers = timers;
            this.task = task;
        }

        /** Runs its task once, so long from now, and not when it was to before. */
        public void set(long delayNanos) {
            cancel();
            dueNanos = System.nanoTime() + delayNanos;
            timers.add(this);
        }

        /** Whether its task is to run. */
        public boolean isSet() {
            return place != NOWHERE;
        }

        public void cancel() {
            timers.remove(this);
        }

        /** How long it still runs; not below 0. */
        public long leftNanos() {
            return Math.max(0, dueNanos - System.nanoTime());
        }

        boolean isBefore(Timer other) {
            return dueNanos - other.dueNanos < 0;
        }
    }

    private final Posix posix;

    /** After which what the machine had no room for is tried again. */
    public final long retryNanos;

    private final int epoll;
    private final int wakeUp;
    private final long wakeUpWord;
    private final AtomicBoolean wakeUpSent = new AtomicBoolean();
    private final Queue<Runnable> posted = new ConcurrentLinkedQueue<>();
    private final Timers timers = new Timers();
    private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>();
    private final Interests interests;
    private final Pacing pacing;
    private boolean running = true;
    private Runnable turnListener = () -> {};

    public EventLoop(Posix posix) throws PosixException {
        this(posix, RETRY_NANOS);
    }

    /** @param retryNanos for tests, which cannot wait so long so often */
    public EventLoop(Posix posix, long retryNanos) throws PosixException {
        this.posix = posix;
        this.retryNanos = retryNanos;
        this.epoll = PosixException.check("make an epoll descriptor", posix.epollCreate());
        int paced = PosixException.check("make an epoll descriptor", posix.epollCreate());
        this.interests = new Interests(posix, this, epoll, paced);
        this.pacing = new Pacing(posix, this, interests, paced);
        this.wakeUp = PosixException.check("make an eventfd", posix.eventfd(false));
        this.wakeUpWord = posix.allocate(16);
        posix.putLong(wakeUpWord, 1);
        PosixException.check("watch the eventfd", add(wakeUp, Posix.EPOLLIN, events -> {
            posix.read(wakeUp, wakeUpWord + 8, 8);
            wakeUpSent.set(false);
        }));
        PosixException.check("watch what is paced", pacing.begin());
    }

    /** Starts to watch a descriptor; the result of epoll_ctl(2), negated errno on failure. */
    public int add(int fd, int events, Handler handler) {
        return interests.add(fd, events, handler, false);
    }

    /**
     * Starts to watch a descriptor, if not now, then later: where the machine has no room for it (epoll_ctl(2): ENOMEM,
     * ENOSPC), it is tried again every second, until {@link #remove}.
     *
     * @param what it is, for the log
     */
    public void addForCertain(int fd, int events, Handler handler, Supplier<String> what) {
        interests.addForCertain(fd, events, handler, false, what);
    }

    /** The same, in {@link Pacing paced} turns: for what may wait for some milliseconds so that more of it comes at once. */
    public void addPaced(int fd, int events, Handler handler, Supplier<String> what) {
        interests.addForCertain(fd, events, handler, true, what);
    }

    /** Looks at what is paced in this turn, or, from end-of-turn work, in the next. */
    public void hurryPaced() {
        pacing.hurry();
    }

    /** Watches for other events; if not now, then as soon as the machine lets it. */
    public void change(int fd, int events) {
        interests.change(fd, events);
    }

    /**
     * Stops watching; events already fetched for this descriptor are not delivered. Call it before closing. What is not
     * watched, or never was a descriptor, is passed over.
     */
    public void remove(int fd) {
        interests.remove(fd);
    }

    /** Runs a task on the loop's thread, soon. From any thread. */
    public void post(Runnable task) {
        posted.add(task);
        if (wakeUpSent.compareAndSet(false, true)) {
            Bell.ring(posix, wakeUp, wakeUpWord);
        }
    }

    /** Runs a task once, {@code delayNanos} from now. */
    public Timer after(long delayNanos, Runnable task) {
        Timer timer = timer(task);
        timer.set(delayNanos);
        return timer;
    }

    /** One that is not set yet. */
    public Timer timer(Runnable task) {
        return new Timer(timers, task);
    }

    /** How many timers are set. */
    int timersSet() {
        return timers.size();
    }

    /** Runs a task when everything that is ready now has been handled. */
    public void atEndOfTurn(Runnable task) {
        endOfTurn.add(task);
    }

    /** Has a listener run at the very end of each turn, after all else: one at a time. */
    public void afterEachTurn(Runnable listener) {
        turnListener = listener;
    }

    /** Ends {@link #run} after this turn. */
    public void stop() {
        running = false;
    }

    /** Takes turns until {@link #stop}. */
    public void run() throws PosixException {
        int[] events = new int[EVENTS_AT_ONCE];
        long[] tokens = new long[EVENTS_AT_ONCE];
        List<Runnable> tasks = new ArrayList<>();
        while (running) {
            int count = posix.epollWait(epoll, events, tokens, timeoutMillis());
            if (count < 0 && !Errno.EINTR.is(count)) {
                PosixException.check("wait for events", count);
            }
            for (int i = 0; i < count; i++) {
                interests.dispatch(events[i], tokens[i], false);
            }
            for (Runnable task = posted.poll(); task != null; task = posted.poll()) {
                tasks.add(task);
            }
            tasks.forEach(EventLoop::guarded);
            tasks.clear();
            runDueTimers();
            pacing.turn();
            for (Runnable task = endOfTurn.poll(); task != null; task = endOfTurn.poll()) {
                guarded(task);
            }
            guarded(turnListener);
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | LinkageError | VirtualMachineError fault) {
            Log.fault("a task failed", fault);
        }
    }

    private void runDueTimers() {
        Timer next = timers.first();
        while (next != null && next.leftNanos() <= 0) {
            next.cancel();
            guarded(next.task);
            next = timers.first();
        }
    }

    private int timeoutMillis() {
        if (!posted.isEmpty() || !endOfTurn.isEmpty()) {
            return 0;
        }
        Timer next = timers.first();
        long nanos = pacing.leftNanos();
        if (next != null) {
            nanos = Math.min(nanos, next.leftNanos());
        }
        return nanos == Long.MAX_VALUE ? -1 : (int) Math.min(Integer.MAX_VALUE, (nanos + 999_999) / 1_000_000);
    }
}
