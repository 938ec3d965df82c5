package circus.manager.plugin;

import circus.manager.extension.PluginSource;
import circus.manager.resident.Resident;
import circus.manager.watcher.Clock;
import circus.message.Json;
import circus.plugin.Plugin;
import circus.plugin.PluginCallException;
import circus.plugin.PluginContext;
import circus.plugin.PluginEvent;
import circus.plugin.PluginTask;
import circus.plugin.PluginTimer;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Drives one plugin: what it hears of and what it wants to have done later is called here, one after the other, on the thread that calls
 * {@link #run}. Events that come faster than the plugin takes them are kept up to a limit; then the oldest are lost, and that is told.
 */
public final class PluginThread implements Resident {
    private static final System.Logger LOG = System.getLogger(PluginThread.class.getName());

    /** Of 10,000 deaths each tells a few times. */
    private static final int MOST_EVENTS = 50_000;

    /** Of other threads; whoever posts more waits for room. */
    private static final int MOST_TASKS = 10_000;

    private final String name;

    private final PluginSource source;
    private final Map<String, String> config;
    private final Orders orders;
    private final Consumer<String> keeper;
    private final ClassLoader loader;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** What waits; guarded by the lock. */
    private final Deque<PluginEvent> events = new ArrayDeque<>();

    private final Deque<PluginTask> tasks = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private long lost;
    private boolean closed;
    private long lastNumber;

    /** Since when the plugin has been at something without waiting for circusd; {@link #AT_REST} where it is not. */
    private volatile long busySince = AT_REST;

    private volatile @Nullable Thread thread;

    /** Of the plugin's thread. */
    private String remembered;

    static final long AT_REST = -1;

    /** What the plugin wants to have done later; guarded by the lock. */
    private final class Timer implements PluginTimer, Comparable<Timer> {
        private final PluginTask task;
        private final long periodNanos;
        private final long number;
        private long due;

        /** @param periodNanos 0 for once */
        Timer(PluginTask task, long due, long periodNanos) {
            this.task = task;
            this.due = due;
            this.periodNanos = periodNanos;
            this.number = ++lastNumber;
        }

        @Override
        public void cancel() {
            lock.lock();
            try {
                boolean unused = timers.remove(this);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(due, other.due);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    /**
     * @param name of its watcher
     * @param config what the plugin is told of its section
     * @param remembered by the one before it; empty for nothing
     * @param keeper told what is remembered from then on, on the plugin's thread; does not wait
     * @param loader what the plugin finds as the class loader of its thread
     */
    public PluginThread(
            String name,
            PluginSource source,
            Map<String, String> config,
            Orders orders,
            String remembered,
            Consumer<String> keeper,
            ClassLoader loader,
            Clock clock) {
        this.name = name;
        this.source = source;
        this.config = Map.copyOf(config);
        this.orders = orders;
        this.remembered = remembered;
        this.keeper = keeper;
        this.loader = loader;
        this.clock = clock;
    }

    /** Something has happened. Any thread; never waits for the plugin. */
    public void tell(PluginEvent event) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (events.size() == MOST_EVENTS) {
                events.removeFirst();
                if (lost++ == 0) {
                    LOG.log(
                            Level.WARNING,
                            "{0} does not keep up: of the {1} events that wait for it the oldest are lost",
                            name,
                            MOST_EVENTS);
                }
            }
            events.add(event);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How long it has been at one thing, calls to circusd not counted; 0 where it waits. Any thread. */
    Duration busyFor() {
        long since = busySince;
        return since == AT_REST ? Duration.ZERO : Duration.ofNanos(Math.max(0, clock.nanos() - since));
    }

    /** Where it is now. Any thread. */
    StackTraceElement[] whereabouts() {
        Thread running = thread;
        return running == null ? new StackTraceElement[0] : running.getStackTrace();
    }

    /** Whether a thread is in it. Any thread. */
    boolean isAlive() {
        Thread running = thread;
        return running != null && running.isAlive();
    }

    /** Whether it has ended, or never will begin. Any thread. */
    boolean isOver() {
        return isClosed() && thread == null;
    }

    String name() {
        return name;
    }

    @Override
    public void run() throws Exception {
        thread = Thread.currentThread();
        Thread.currentThread().setContextClassLoader(loader);
        try {
            Plugin plugin = made();
            try {
                serve(plugin);
            } catch (Exception | Error fault) {
                if (!(fault instanceof InterruptedException && isClosed())) {
                    stopAfter(fault, plugin);
                    throw fault;
                }
            }
            stop(plugin);
        } finally {
            close();
            thread = null;
        }
    }

    /** It is to let go of what it holds, whatever it has thrown. */
    private void stopAfter(Throwable fault, Plugin plugin) {
        try {
            stop(plugin);
        } catch (Exception | Error another) {
            fault.addSuppressed(another);
        }
    }

    private void stop(Plugin plugin) throws Exception {
        // What interrupted it was for what it did, not for its farewell.
        boolean unused = Thread.interrupted();
        busy(plugin::stop);
    }

    private Plugin made() throws Exception {
        busySince = clock.nanos();
        try {
            return source.make();
        } finally {
            busySince = AT_REST;
        }
    }

    private void serve(Plugin plugin) throws Exception {
        busy(() -> plugin.start(new Context()));
        while (true) {
            PluginTask next = next(plugin);
            if (next == null) {
                return;
            }
            busy(next);
        }
    }

    private void busy(PluginTask task) throws Exception {
        busySince = clock.nanos();
        try {
            task.run();
        } finally {
            busySince = AT_REST;
        }
    }

    /** What is to be done now: timers whose time has come, then what was posted, then events. Null when it is to end. */
    private @Nullable PluginTask next(Plugin plugin) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                if (closed) {
                    return null;
                }
                Timer timer = timers.peek();
                long wait = timer == null ? 0 : timer.due - clock.nanos();
                if (timer != null && wait <= 0) {
                    return due(timers.remove());
                }
                PluginTask task = tasks.poll();
                if (task != null) {
                    changed.signalAll(); // there is room again
                    return task;
                }
                PluginEvent event = events.poll();
                if (event != null) {
                    tellOfLoss();
                    return () -> plugin.event(event);
                }
                if (timer == null) {
                    changed.await();
                } else {
                    boolean unused = changed.await(wait, TimeUnit.NANOSECONDS);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Once it has caught up. */
    private void tellOfLoss() {
        if (lost > 0 && events.isEmpty()) {
            LOG.log(Level.WARNING, "{0} has missed {1} events", name, lost);
            lost = 0;
        }
    }

    private PluginTask due(Timer timer) {
        if (timer.periodNanos > 0) {
            timer.due = Math.max(timer.due + timer.periodNanos, clock.nanos());
            timers.add(timer);
        }
        return timer.task;
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** For the plugin. */
    private final class Context implements PluginContext {
        @Override
        public String name() {
            return name;
        }

        @Override
        public Map<String, String> config() {
            return config;
        }

        @Override
        public Map<String, @Nullable Object> call(String command, Map<String, ?> properties)
                throws PluginCallException, InterruptedException {
            mustBeItsThread();
            if (isClosed()) {
                throw new PluginCallException("cannot give the command " + command + ": " + name + " is to end");
            }
            busySince = AT_REST;
            try {
                return orders.call(command, properties);
            } finally {
                busySince = clock.nanos();
            }
        }

        @Override
        public void cast(String command, Map<String, ?> properties) {
            mustBeItsThread();
            if (!isClosed()) {
                orders.cast(command, properties);
            }
        }

        @Override
        public void remember(String text) {
            mustBeItsThread();
            int bytes = Json.write(text).length();
            if (bytes > MOST_REMEMBERED) {
                throw new IllegalArgumentException("cannot remember a text of " + bytes + " bytes: that is more than "
                        + MOST_REMEMBERED + ", the most that a plugin may");
            }
            if (!isClosed() && !text.equals(remembered)) {
                remembered = text;
                keeper.accept(text);
            }
        }

        @Override
        public String remembered() {
            mustBeItsThread();
            return remembered;
        }

        @Override
        public PluginTimer every(Duration period, PluginTask task) {
            if (period.isZero() || period.isNegative()) {
                throw new IllegalArgumentException("cannot do something every " + period + ": that is not above zero");
            }
            return later(period, task, period.toNanos());
        }

        @Override
        public PluginTimer after(Duration delay, PluginTask task) {
            return later(delay, task, 0);
        }

        private void mustBeItsThread() {
            if (Thread.currentThread() != thread) {
                throw new IllegalStateException(
                        "this is for the plugin's own thread; PluginContext.execute leads there");
            }
        }

        private PluginTimer later(Duration delay, PluginTask task, long periodNanos) {
            mustBeItsThread();
            lock.lock();
            try {
                Timer timer = new Timer(task, clock.nanos() + delay.toNanos(), periodNanos);
                timers.add(timer);
                return timer;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void execute(PluginTask task) {
            lock.lock();
            try {
                while (tasks.size() == MOST_TASKS && !closed) {
                    if (Thread.currentThread() == thread) {
                        throw new IllegalStateException("so many tasks wait already: " + MOST_TASKS);
                    }
                    changed.awaitUninterruptibly();
                }
                if (!closed) {
                    tasks.add(task);
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
