package circus.manager;

import circus.manager.arbiter.Agenda;
import circus.manager.control.Controller;
import circus.manager.control.Endpoints;
import circus.manager.kernel.PapaKernel;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Reconciler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The daemon's one thread for all of its state, {@code circus-loop}. A turn: wait until something happens or is due; the kernel first, and
 * those watchers stepped that it concerns, so that a replacement is on its way before anything else; then requests, then tasks of other
 * threads; then whoever has changed or is due, and everything for the kernel is sent in one go; last, answers to what has changed something.
 *
 * <p>Other threads only {@link #execute} tasks and call {@link #end}. Nothing here waits for anybody.
 */
final class Loop implements Executor {
    private static final System.Logger LOG = System.getLogger(Loop.class.getName());
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int MOST_TASKS_IN_A_TURN = 10_000;

    private final Clock clock;
    private final Agenda agenda;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Pipe alarm;
    private volatile boolean ended;

    Loop(Clock clock, Agenda agenda) {
        this.clock = clock;
        this.agenda = agenda;
        try {
            this.alarm = Pipe.open();
            alarm.source().configureBlocking(false);
            alarm.sink().configureBlocking(false);
        } catch (IOException noDescriptors) {
            throw new UncheckedIOException(noDescriptors);
        }
    }

    /** Runs a task on circus-loop, soon. Any thread. */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (woken.compareAndSet(false, true)) {
            ring();
        }
    }

    private void ring() {
        try {
            alarm.sink().write(ByteBuffer.wrap(new byte[1]));
        } catch (IOException ending) {
            LOG.log(Level.DEBUG, "a task came after the end of the loop", ending);
        }
    }

    /** Ends the loop after this turn. Any thread. */
    void end() {
        ended = true;
        ring();
    }

    /** Serves until {@link #end}. */
    void run(PapaKernel kernel, Endpoints endpoints, Controller controller) {
        try (Selector selector = Selector.open()) {
            SelectionKey kernelKey = kernel.channel().register(selector, SelectionKey.OP_READ);
            SelectionKey alarmKey = alarm.source().register(selector, SelectionKey.OP_READ);
            endpoints.register(selector);
            act(kernel, controller);
            while (!ended) {
                boolean isWaitedFor = endpoints.hasRequests();
                Set<SelectionKey> ready = select(selector, kernelKey, kernel, isWaitedFor ? 0 : timeoutMillis());
                if (ready.contains(kernelKey) && kernelKey.isReadable()) {
                    guard(kernel::onReadable);
                    act(kernel, controller);
                }
                if (isWaitedFor || endpoints.hasRequests()) {
                    guard(controller::onReadable);
                }
                if (ready.contains(alarmKey)) {
                    silence();
                }
                ready.clear();
                runTasks();
                act(kernel, controller);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Only what has happened in this turn is in the set, which the caller clears. */
    private static Set<SelectionKey> select(
            Selector selector, SelectionKey kernelKey, PapaKernel kernel, long timeoutMillis) throws IOException {
        if (kernelKey.isValid()) {
            kernelKey.interestOps(
                    kernel.wantsWrite() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
        if (timeoutMillis == 0) {
            selector.selectNow();
        } else {
            selector.select(Math.max(0, timeoutMillis));
        }
        return selector.selectedKeys();
    }

    /** Nothing is run any more: tasks that come are never looked at. Any thread, after {@link #run}. */
    void close() {
        ended = true;
        try {
            alarm.sink().close();
            alarm.source().close();
        } catch (IOException broken) {
            LOG.log(Level.DEBUG, "cannot close the alarm of the loop", broken);
        }
    }

    private void act(PapaKernel kernel, Controller controller) {
        guard(() -> agenda.run(clock.nanos()));
        guard(kernel::flush);
        if (!kernel.wantsWrite()) {
            guard(controller::release);
        }
    }

    /** Until the next deadline, rounded up; -1 when there is none. */
    private long timeoutMillis() {
        long next = agenda.next();
        if (next == Reconciler.NEVER) {
            return -1;
        }
        long nanos = next - clock.nanos();
        return nanos <= 0 ? 0 : (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    }

    private void silence() {
        ByteBuffer rung = ByteBuffer.allocate(16);
        try {
            while (alarm.source().read(rung) > 0) {
                rung.clear();
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void runTasks() {
        // Before the queue is looked at: a task that comes later rings again.
        woken.set(false);
        for (int i = 0; i < MOST_TASKS_IN_A_TURN; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            guard(task);
        }
        // Whoever posts faster than this is not to keep the kernel and clients from their turn.
        if (woken.compareAndSet(false, true)) {
            ring();
        }
    }

    /** A mistake in one thing must not end the daemon. */
    private static void guard(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError mistake) {
            LOG.log(Level.ERROR, "something failed; the daemon goes on", mistake);
        }
    }
}
