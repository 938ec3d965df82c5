package papa.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import papa.posix.Bell;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.PosixException;

/**
 * The one thread that owns all state of the kernel, and what it waits for: descriptors that become ready, timers, and
 * tasks that other threads post. It knows nothing of processes.
 *
 * <pre>
 *   wait (epoll) ─► ready handlers ─► posted tasks ─► timers due ─► end-of-turn work ─► wait
 * </pre>
 *
 * <p>All methods but {@link #post} belong to the loop's thread. A handler that throws is logged and dropped with its
 * descriptor's interest: a fault in one conversation must not end the others.
 */
public final class EventLoop {
    private static final int EVENTS_AT_ONCE = 256;
    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final long RETRY_CHANGE_NANOS = 20_000_000L;

    /** Called when its descriptor is ready; {@code events} are those of epoll(7). Must not block. */
    public interface Handler {
        void ready(int events);
    }

    /** A deadline that can be called off. */
    public static final class Timer implements Comparable<Timer> {
        private final long dueNanos;
        private final Runnable task;
        private boolean cancelled;

        private Timer(long dueNanos, Runnable task) {
            this.dueNanos = dueNanos;
            this.task = task;
        }

        public void cancel() {
            cancelled = true;
        }

        /** How long it still runs; not below 0. */
        public long leftNanos() {
            return Math.max(0, dueNanos - System.nanoTime());
        }

        @Override
        public int compareTo(Timer other) {
            return Long.compare(dueNanos - other.dueNanos, 0);
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
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>();
    private final Map<Integer, Timer> retries = new HashMap<>();

    /** What is to be watched for where the machine refused to. */
    private final Map<Integer, Integer> unchanged = new HashMap<>();

    private @Nullable Handler[] handlers = new Handler[256];
    private int[] generations = new int[256];
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
        this.wakeUp = PosixException.check("make an eventfd", posix.eventfd(false));
        this.wakeUpWord = posix.allocate(16);
        posix.putLong(wakeUpWord, 1);
        PosixException.check("watch the eventfd", add(wakeUp, Posix.EPOLLIN, events -> {
            posix.read(wakeUp, wakeUpWord + 8, 8);
            wakeUpSent.set(false);
        }));
    }

    /** Starts to watch a descriptor; the result of epoll_ctl(2), negated errno on failure. */
    public int add(int fd, int events, Handler handler) {
        if (fd >= handlers.length) {
            int size = Math.max(fd + 1, handlers.length * 2);
            handlers = Arrays.copyOf(handlers, size);
            generations = Arrays.copyOf(generations, size);
        }
        int done = posix.epollControl(epoll, 1, fd, events, token(fd));
        if (Errno.EEXIST.is(done)) { // it could not be removed
            done = posix.epollControl(epoll, 3, fd, events, token(fd));
        }
        if (done >= 0) {
            handlers[fd] = handler;
        }
        return done;
    }

    /**
     * Starts to watch a descriptor, if not now, then later: where the machine has no room for it (epoll_ctl(2): ENOMEM,
     * ENOSPC), it is tried again every second, until {@link #remove}.
     *
     * @param what it is, for the log
     */
    public void addForCertain(int fd, int events, Handler handler, Supplier<String> what) {
        int done = add(fd, events, handler);
        if (done < 0) {
            if (retries.isEmpty()) { // a line for each of thousands would help nobody
                Log.info("cannot watch " + what.get() + ": " + Errno.of(done)
                        + "; this and what else cannot be watched is tried again every second");
            }
            retries.put(fd, after(retryNanos, () -> retry(fd, events, handler)));
        }
    }

    private void retry(int fd, int events, Handler handler) {
        if (add(fd, events, handler) < 0) {
            retries.put(fd, after(retryNanos, () -> retry(fd, events, handler)));
            return;
        }
        retries.remove(fd);
        if (retries.isEmpty()) {
            Log.info("everything is watched again");
        }
    }

    /** Watches for other events; if not now, then as soon as the machine lets it. */
    public void change(int fd, int events) {
        Integer before = unchanged.remove(fd);
        if (posix.epollControl(epoll, 3, fd, events, token(fd)) < 0) {
            unchanged.put(fd, events);
            if (before == null) {
                after(RETRY_CHANGE_NANOS, () -> changeAgain(fd));
            }
        }
    }

    private void changeAgain(int fd) {
        Integer events = unchanged.remove(fd);
        if (events != null) {
            change(fd, events);
        }
    }

    /**
     * Stops watching; events already fetched for this descriptor are not delivered. Call it before closing. What is not
     * watched, or never was a descriptor, is passed over.
     */
    public void remove(int fd) {
        unchanged.remove(fd);
        Timer retry = retries.remove(fd);
        if (retry != null) {
            retry.cancel();
        }
        if (fd >= 0 && fd < handlers.length && handlers[fd] != null) {
            posix.epollControl(epoll, 2, fd, 0, 0);
            handlers[fd] = null;
            generations[fd]++;
        }
    }

    private long token(int fd) {
        return ((long) generations[fd] << 32) | fd;
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
        Timer timer = new Timer(System.nanoTime() + delayNanos, task);
        timers.add(timer);
        return timer;
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
                dispatch(events[i], tokens[i]);
            }
            for (Runnable task = posted.poll(); task != null; task = posted.poll()) {
                tasks.add(task);
            }
            tasks.forEach(EventLoop::guarded);
            tasks.clear();
            runDueTimers();
            for (Runnable task = endOfTurn.poll(); task != null; task = endOfTurn.poll()) {
                guarded(task);
            }
            guarded(turnListener);
        }
    }

    private void dispatch(int events, long token) {
        int fd = (int) token;
        Handler handler = handlers[fd];
        if (handler == null) {
            posix.epollControl(epoll, 2, fd, 0, 0); // or it would be ready again at once, without end
            return;
        }
        if (generations[fd] != (int) (token >>> 32)) {
            return;
        }
        try {
            handler.ready(events);
        } catch (RuntimeException | LinkageError | VirtualMachineError fault) {
            Log.fault("a handler failed; its descriptor is dropped", fault);
            remove(fd);
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
        Timer next = timers.peek();
        while (next != null && (next.cancelled || next.dueNanos - System.nanoTime() <= 0)) {
            timers.poll();
            if (!next.cancelled) {
                guarded(next.task);
            }
            next = timers.peek();
        }
    }

    private int timeoutMillis() {
        if (!posted.isEmpty() || !endOfTurn.isEmpty()) {
            return 0;
        }
        Timer next = timers.peek();
        while (next != null && next.cancelled) {
            timers.poll();
            next = timers.peek();
        }
        if (next == null) {
            return -1;
        }
        long nanos = Math.max(0, next.dueNanos - System.nanoTime());
        return (int) Math.min(Integer.MAX_VALUE, (nanos + 999_999) / 1_000_000);
    }
}
