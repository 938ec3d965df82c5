package circus.manager.output;

import circus.manager.disk.DiskStore;
import circus.manager.disk.LogStore;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import papa.client.PapaException;
import papa.wire.Frame.Channel;

/**
 * Brings what workers print from the kernel to log files and to circusd's own stdout and stderr. Owns the thread
 * {@code circus-output} and a connection of its own to the kernel, so that a slow disk holds up nothing else. Every
 * method may be called on any thread.
 */
public final class OutputPump {
    private static final Logger LOGGER = System.getLogger(OutputPump.class.getName());
    private static final Duration LONGEST_STOP = Duration.ofSeconds(3);

    /** What the thread needs to know of the world. */
    record Settings(
            Path kernelSocket,
            String lease,
            long epoch,
            OutputRoutes routes,
            LogStore store,
            Map<Channel, OutputStream> consoles,
            CustomStreams custom,
            Witness witness) {
        /** Without classes of users, and with nobody who looks. */
        Settings(
                Path kernelSocket,
                String lease,
                long epoch,
                OutputRoutes routes,
                LogStore store,
                Map<Channel, OutputStream> consoles) {
            this(kernelSocket, lease, epoch, routes, store, consoles, CustomStreams.NONE, Witness.NOBODY);
        }
    }

    private final Settings settings;
    private final OutputListener listener;
    private final Thread thread = new Thread(this::run, "circus-output");
    private final ConcurrentLinkedQueue<Consumer<PumpLoop>> posted = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Selector selector;
    private volatile OutputCounts counts = OutputCounts.NONE;
    private volatile Map<String, List<PacedSink>> outlets = Map.of();
    private volatile boolean isStopped;

    /**
     * Not started yet.
     *
     * @param lease {@code circus.ARB}, held by another connection of this process
     * @param epoch of the lease
     * @param consoles what counts as circusd's own stdout and stderr
     * @param custom makes the streams of users
     * @param witness sees all that comes
     * @param listener hears when no more output can be written
     */
    public OutputPump(
            Path kernelSocket,
            String lease,
            long epoch,
            OutputRoutes routes,
            Map<Channel, OutputStream> consoles,
            CustomStreams custom,
            Witness witness,
            OutputListener listener) {
        this(new Settings(kernelSocket, lease, epoch, routes, new DiskStore(), consoles, custom, witness), listener);
    }

    /** Those of this process. */
    public static Map<Channel, OutputStream> ownConsoles() {
        return Map.of(
                Channel.OUT, new FileOutputStream(FileDescriptor.out),
                Channel.ERR, new FileOutputStream(FileDescriptor.err));
    }

    OutputPump(Settings settings, OutputListener listener) {
        this.settings = settings;
        this.listener = listener;
        thread.setDaemon(true);
    }

    /** Returns at once; what fails is told to the listener. */
    public void start() {
        thread.start();
    }

    /** Changes where output goes. Channels that the new table does not name stay as they are while their process lives. */
    public void routes(OutputRoutes next) {
        post(loop -> loop.routes(next));
    }

    /** What stands in the log files; completes soon, as a rule: a disk may hang. */
    public CompletableFuture<List<LogStanding>> standing() {
        CompletableFuture<List<LogStanding>> told = new CompletableFuture<>();
        post(loop -> loop.standing(told));
        return told;
    }

    /** Goes to where the names of log files lead by now, each as soon as nothing of it is under way. */
    public void reopen() {
        post(PumpLoop::reopen);
    }

    /** Has the {@link Witness} settle soon. */
    public void settle() {
        wakeUp();
    }

    /**
     * Completes when all output of the processes that have ended by now is written and committed, or when the limit has
     * passed; exceptionally, when the kernel has gone.
     */
    public CompletableFuture<Void> drain(Duration limit) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        post(loop -> loop.drain(deadlineNanos, done));
        return done;
    }

    /**
     * Completes when all output of a process that has ended is in its file or on its console, or when the limit has passed; exceptionally,
     * when the kernel has gone.
     */
    public CompletableFuture<Void> written(long incarnation, Duration limit) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        post(loop -> loop.written(incarnation, deadlineNanos, done));
        return done;
    }

    /** Writes and commits what was received in whole lines, and ends the thread; waits for that, at most three seconds. */
    public void stop() {
        isStopped = true;
        post(PumpLoop::stop);
        try {
            thread.join(LONGEST_STOP.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether nothing is written any more by this one; false after {@link #stop} where a disk hangs. */
    public boolean isOver() {
        return !thread.isAlive();
    }

    /** As of the last batch. */
    public OutputCounts counts() {
        return counts;
    }

    /** What is wrong with the output of a watcher, or was, as JSON; null when nothing is. As of the last batch. */
    public @Nullable Map<String, Object> trouble(String watcher) {
        String name = watcher.toLowerCase(Locale.ROOT);
        OutputTrouble trouble = counts.byWatcher().getOrDefault(name, OutputTrouble.NONE);
        for (PacedSink outlet : outlets.getOrDefault(name, List.of())) {
            // Who hangs tells nobody.
            trouble = trouble.withWaiting(outlet.waiting());
        }
        return trouble.equals(OutputTrouble.NONE) ? null : trouble.toJson();
    }

    private void post(Consumer<PumpLoop> task) {
        posted.add(task);
        wakeUp();
    }

    private void wakeUp() {
        Selector waiting = selector;
        if (waiting != null) {
            waiting.wakeup();
        }
    }

    private void run() {
        try (Selector opened = Selector.open()) {
            selector = opened;
            try (PumpLoop loop = PumpLoop.connect(settings, opened, this::wakeUp)) {
                // What was posted before there was a selector has woken nobody.
                opened.wakeup();
                while (!loop.isOver()) {
                    loop.turn(posted);
                    counts = loop.counts();
                    outlets = loop.outlets();
                    loop.completeDrains();
                }
            }
        } catch (IOException | PapaException e) {
            lost(String.valueOf(e.getMessage()));
        } catch (RuntimeException | VirtualMachineError | LinkageError e) {
            LOGGER.log(Level.ERROR, "the output of workers is not written any more, by a mistake of ours", e);
            lost("by a mistake of ours: " + e);
        } finally {
            selector = null;
        }
    }

    private void lost(String reason) {
        if (isStopped) {
            LOGGER.log(Level.WARNING, "the output of workers may not be committed to its end: " + reason);
            return;
        }
        try {
            listener.lost(reason);
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "cannot tell that output is not written any more: " + reason, e);
        }
    }
}
