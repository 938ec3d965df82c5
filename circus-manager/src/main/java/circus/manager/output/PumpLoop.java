package circus.manager.output;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.client.ReplyListener;
import papa.wire.Frame.Channel;

/**
 * One life of the output path, on the thread circus-output alone.
 *
 * <pre>
 *   connect: join the lease, recover what an earlier manager left, follow
 *   turn:    wait → up to a megabyte of frames → OutputBook.turn → send
 * </pre>
 */
final class PumpLoop implements Closeable {
    private static final Logger LOGGER = System.getLogger(PumpLoop.class.getName());
    private static final long STOP_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long CONSOLE_STOP_NANOS = Duration.ofMillis(500).toNanos();
    private static final Duration CONSOLE_CLOSE = Duration.ofMillis(100);
    private static final int BATCH = 1024 * 1024;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long LONGEST_WAIT_MILLIS = 60_000;

    /** Somebody waits for the output of processes that have ended. */
    private static final class Drain {
        final long deadlineNanos;
        final CompletableFuture<Void> done;

        /** Null until the kernel has told which these are. */
        @Nullable
        Set<Long> incarnations;

        Drain(long deadlineNanos, CompletableFuture<Void> done) {
            this.deadlineNanos = deadlineNanos;
            this.done = done;
        }
    }

    private final Selector selector;
    private final KernelChannel channel;
    private final String namePattern;
    private final Frames frames;
    private final Map<Channel, ConsoleSink> consoles;
    private final OutputBook book;
    private final SelectionKey key;
    private final List<Drain> drains = new ArrayList<>();
    private @Nullable String refusal;
    private boolean isStopping;
    private long stopNanos;

    private PumpLoop(
            OutputPump.Settings settings,
            Selector selector,
            Runnable wakeUp,
            KernelChannel channel,
            Frames frames,
            Map<FileIdentity, LogRecord> recovered)
            throws IOException {
        this.selector = selector;
        this.channel = channel;
        this.frames = frames;
        namePattern = settings.lease() + ".*";
        consoles = new EnumMap<>(Channel.class);
        settings.consoles()
                .forEach((which, target) -> consoles.put(
                        which, new ConsoleSink(which == Channel.OUT ? "stdout" : "stderr", target, wakeUp)));
        book = new OutputBook(
                settings.lease() + ".",
                ZoneId.systemDefault(),
                settings.store(),
                recovered,
                consoles,
                channel::request,
                this::refused);
        book.begin(System.nanoTime());
        book.routes(settings.routes());
        key = channel.channel().register(selector, SelectionKey.OP_READ);
    }

    /** Throws when the kernel cannot be reached or does not let us in. */
    static PumpLoop connect(OutputPump.Settings settings, Selector selector, Runnable wakeUp)
            throws IOException, PapaException {
        Frames frames = new Frames();
        KernelChannel channel = KernelChannel.open(settings.kernelSocket(), frames);
        try {
            String pattern = settings.lease() + ".*";
            channel.call(
                    List.of("lease", "join", settings.lease(), Long.toString(settings.epoch())),
                    KernelChannel.PATIENCE);
            String values =
                    channel.call(List.of("list", "values", settings.lease() + ".log.*"), KernelChannel.PATIENCE);
            KernelReplay replay = new KernelReplay(settings.kernelSocket(), pattern);
            Recovery.Outcome recovered =
                    Recovery.run(KernelLists.values(values), settings.store(), replay, ZoneId.systemDefault());
            for (List<String> commit : recovered.commits()) {
                channel.call(commit, KernelChannel.PATIENCE);
            }
            PumpLoop loop = new PumpLoop(settings, selector, wakeUp, channel, frames, recovered.records());
            frames.deliverTo(loop.book);
            channel.call(List.of("follow", "output", pattern), KernelChannel.PATIENCE);
            // Frames may have come together with the answer.
            loop.book.turn(System.nanoTime());
            return loop;
        } catch (IOException | PapaException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void refused(String reason) {
        if (refusal == null) {
            refusal = reason;
        }
    }

    /** Waits for something to do, and does it: first what other threads want, then what the kernel sends. */
    void turn(Queue<Consumer<PumpLoop>> posted) throws IOException, PapaException {
        channel.flush();
        key.interestOps(channel.wantsWrite() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        select();
        for (Consumer<PumpLoop> task = posted.poll(); task != null; task = posted.poll()) {
            task.accept(this);
        }
        book.begin(System.nanoTime());
        receive();
        if (isStopping || !drains.isEmpty()) {
            book.hurry();
        }
        book.turn(System.nanoTime());
        if (refusal != null) {
            throw new PapaException(refusal);
        }
    }

    private void select() throws IOException {
        long now = System.nanoTime();
        long deadline = book.nextDeadlineNanos();
        for (Drain drain : drains) {
            deadline = Math.min(deadline, drain.deadlineNanos);
        }
        if (isStopping) {
            deadline = Math.min(deadline, now + 10 * NANOS_PER_MILLI);
        }
        if (deadline == Long.MAX_VALUE) {
            selector.select(LONGEST_WAIT_MILLIS);
        } else if (deadline - now <= 0) {
            selector.selectNow();
        } else {
            selector.select(Math.min(LONGEST_WAIT_MILLIS, (deadline - now) / NANOS_PER_MILLI + 1));
        }
        selector.selectedKeys().clear();
    }

    /** Reads what there is, up to a batch. */
    private void receive() throws PapaException {
        if (!key.isReadable()) {
            return;
        }
        long start = frames.weight();
        long before;
        do {
            before = frames.weight();
            channel.onReadable();
        } while (frames.weight() > before && frames.weight() - start < BATCH);
    }

    void routes(OutputRoutes next) {
        book.routes(next);
    }

    OutputCounts counts() {
        return book.counts();
    }

    void drain(long deadlineNanos, CompletableFuture<Void> done) {
        Drain drain = new Drain(deadlineNanos, done);
        drains.add(drain);
        channel.request(List.of("list", "processes", namePattern), new ReplyListener() {
            @Override
            public void ok(String text) {
                try {
                    drain.incarnations = KernelLists.ended(text);
                } catch (PapaException e) {
                    failed(String.valueOf(e.getMessage()));
                }
            }

            @Override
            public void failed(String reason) {
                done.completeExceptionally(new PapaException(reason));
            }
        });
    }

    /** Tells those who wait for it. */
    void completeDrains() {
        Iterator<Drain> all = drains.iterator();
        while (all.hasNext()) {
            Drain drain = all.next();
            Set<Long> incarnations = drain.incarnations;
            boolean isLate = System.nanoTime() - drain.deadlineNanos >= 0;
            boolean isDone = incarnations != null && incarnations.stream().allMatch(book::isDone);
            if (isLate && !isDone) {
                String left = incarnations == null
                        ? "what the kernel did not tell in time"
                        : incarnations.stream()
                                .filter(each -> !book.isDone(each))
                                .map(String::valueOf)
                                .collect(Collectors.joining(", ", "incarnations ", ""));
                LOGGER.log(Level.WARNING, "the output of processes that have ended is not all written yet: " + left);
            }
            if (isLate || isDone || drain.done.isDone()) {
                all.remove();
                drain.done.complete(null);
            }
        }
    }

    /** Receives no more, and comes to an end soon. */
    void stop() {
        frames.deliverTo(null);
        isStopping = true;
        stopNanos = System.nanoTime();
    }

    /** Whether it was stopped, and what had to be done after that is done or has taken too long. */
    boolean isOver() {
        if (!isStopping) {
            return false;
        }
        long waited = System.nanoTime() - stopNanos;
        boolean consolesAreDone = consoles.values().stream().noneMatch(ConsoleSink::isBusy);
        return waited >= STOP_NANOS || (book.isSettled() && (consolesAreDone || waited >= CONSOLE_STOP_NANOS));
    }

    @Override
    public void close() {
        channel.close();
        book.close();
        consoles.values().forEach(console -> console.close(CONSOLE_CLOSE));
        drains.forEach(
                drain -> drain.done.completeExceptionally(new PapaException("the connection to the kernel has ended")));
    }
}
