package circus.manager.output;

import circus.manager.disk.Crew;
import circus.manager.disk.DiskCrew;
import circus.manager.disk.DiskTask;
import circus.manager.failpoint.Failpoint;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
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
    private static final Duration DISK_CLOSE = Duration.ofMillis(200);
    private static final long RECOVERY_NANOS = Duration.ofSeconds(3).toNanos();
    private static final long OPEN_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int BATCH = 1024 * 1024;

    /** So much at once is a part of a flood: more is on its way, and worth a moment, since each turn costs a commit and a write. */
    private static final int FLOOD = 48 * 1024;

    private static final int GATHERINGS = 3;
    private static final long GATHERING_NANOS = 100_000;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long LONGEST_WAIT_MILLIS = 60_000;

    private final Selector selector;
    private final Witness witness;
    private final KernelChannel channel;
    private final String namePattern;
    private final Frames frames;
    private final Outlets outlets;
    private final OutputBook book;
    private final SelectionKey key;
    private final Drains drains;

    /** Those who want to know what stands in the files; as many as there are readers of output, at most. */
    private final List<CompletableFuture<List<LogStanding>>> curious = new ArrayList<>();

    private @Nullable String refusal;
    private boolean isStopping;
    private long stopNanos;

    private PumpLoop(
            OutputPump.Settings settings,
            Selector selector,
            Crew crew,
            Runnable wakeUp,
            KernelChannel channel,
            Frames frames,
            Recoveries recoveries)
            throws IOException {
        this.selector = selector;
        this.witness = settings.witness();
        this.channel = channel;
        this.frames = frames;
        namePattern = settings.lease() + ".*";
        Map<Channel, PacedSink> consoles = new EnumMap<>(Channel.class);
        settings.consoles()
                .forEach((which, target) -> consoles.put(
                        which,
                        PacedSink.console(
                                which == Channel.OUT ? "stdout" : "stderr", target, isTerminal(which), wakeUp)));
        outlets = new Outlets(consoles, settings.custom(), wakeUp);
        book = new OutputBook(
                settings.lease() + ".",
                ZoneId.systemDefault(),
                settings.store(),
                crew,
                PumpLoop::wallMicros,
                recoveries,
                outlets,
                requests(channel),
                this::refused);
        drains = new Drains(book);
        book.begin(System.nanoTime());
        book.routes(settings.routes());
        key = channel.channel().register(selector, SelectionKey.OP_READ);
    }

    private static boolean isTerminal(Channel console) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd", console == Channel.OUT ? "1" : "2"))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException unknown) {
            return false;
        }
    }

    private static KernelRequests requests(KernelChannel channel) {
        return new KernelRequests() {
            @Override
            public void request(List<String> words, ReplyListener reply) {
                channel.request(words, reply);
            }

            @Override
            public boolean can(String capability) {
                return channel.hello().can(capability);
            }
        };
    }

    /** Throws when the kernel cannot be reached or does not let us in. */
    static PumpLoop connect(OutputPump.Settings settings, Selector selector, Runnable wakeUp)
            throws IOException, PapaException {
        Frames frames = new Frames(settings.witness());
        KernelChannel channel = KernelChannel.open(settings.kernelSocket(), frames);
        try {
            settings.witness().begin(channel.hello().instance());
            String pattern = settings.lease() + ".*";
            channel.call(
                    List.of("lease", "join", settings.lease(), Long.toString(settings.epoch())),
                    KernelChannel.PATIENCE);
            String values =
                    channel.call(List.of("list", "values", settings.lease() + ".log.*"), KernelChannel.PATIENCE);
            KernelReplay replay = new KernelReplay(settings.kernelSocket(), pattern);
            Recoveries recoveries =
                    new Recoveries(KernelLists.values(values), settings.store(), replay, ZoneId.systemDefault());
            Crew crew = new DiskCrew(wakeUp);
            recover(recoveries, crew, selector);
            Failpoint.IN_RECOVERY.pass();
            for (List<String> commit : recoveries.outcome().commits()) {
                channel.call(commit, KernelChannel.PATIENCE);
                Failpoint.IN_RECOVERY.pass();
            }
            PumpLoop loop = new PumpLoop(settings, selector, crew, wakeUp, channel, frames, recoveries);
            loop.awaitFiles();
            frames.deliverTo(loop.book);
            channel.call(List.of("follow", "output", pattern), KernelChannel.PATIENCE);
            // Frames may have come together with the answer.
            settings.witness().settle();
            loop.book.turn(System.nanoTime());
            // Whoever woke us while we waited for disks is to be heard now.
            selector.wakeup();
            return loop;
        } catch (IOException | PapaException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Settles what an earlier manager left, but for what is on file systems that do not answer. */
    private static void recover(Recoveries recoveries, Crew crew, Selector selector) throws IOException {
        long deadline = System.nanoTime() + RECOVERY_NANOS;
        crew.hand(recoveries.tasks(System.nanoTime()));
        while (!recoveries.isIdle() && System.nanoTime() - deadline < 0) {
            selector.select(10);
            crew.look(System.nanoTime());
            crew.takeDone().forEach(DiskTask::complete);
        }
        if (!recoveries.isIdle()) {
            LOGGER.log(
                    Level.WARNING,
                    "a file system does not answer: what an earlier manager was writing there is settled later");
        }
    }

    private static long wallMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Gives files a moment to be opened, so that their streams need not be stopped as soon as they begin. */
    private void awaitFiles() throws IOException {
        long deadline = System.nanoTime() + OPEN_NANOS;
        while (book.isOpening() && System.nanoTime() - deadline < 0) {
            selector.select(10);
            book.turn(System.nanoTime());
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
        boolean reads = !book.isFull();
        key.interestOps((reads ? SelectionKey.OP_READ : 0) | (channel.wantsWrite() ? SelectionKey.OP_WRITE : 0));
        select(reads, !posted.isEmpty());
        // How long a disk takes counts from now on.
        book.begin(System.nanoTime());
        for (Consumer<PumpLoop> task = posted.poll(); task != null; task = posted.poll()) {
            task.accept(this);
        }
        if (reads && !book.isFull()) {
            receive();
        }
        witness.settle();
        if (isStopping || drains.wantCommits()) {
            book.hurry();
        }
        book.turn(System.nanoTime());
        if (refusal != null) {
            throw new PapaException(refusal);
        }
    }

    /** @param isWanted whether some thread wants something, whoever took notice of its call */
    private void select(boolean reads, boolean isWanted) throws IOException {
        long now = System.nanoTime();
        long deadline =
                Math.min(Math.min(book.nextDeadlineNanos(), drains.nextDeadlineNanos()), witness.nextDeadlineNanos());
        if (!reads) {
            deadline = Math.min(deadline, now + 10 * NANOS_PER_MILLI);
        }
        if (isStopping) {
            deadline = Math.min(deadline, now + 10 * NANOS_PER_MILLI);
        }
        if (isWanted) {
            selector.selectNow();
        } else if (deadline == Long.MAX_VALUE) {
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
        read(start);
        for (int i = 0; i < GATHERINGS && isLittleOfMuch(frames.weight() - start); i++) {
            LockSupport.parkNanos(GATHERING_NANOS);
            read(start);
        }
    }

    /** Whether it is more than lines that come now and then, and yet so little that a turn for it would cost more than it is worth. */
    private static boolean isLittleOfMuch(long weight) {
        return weight >= FLOOD && weight < BATCH / 4;
    }

    private void read(long start) throws PapaException {
        long before;
        do {
            before = frames.weight();
            channel.onReadable();
        } while (frames.weight() > before && frames.weight() - start < BATCH);
    }

    void routes(OutputRoutes next) {
        book.routes(next);
    }

    /** Told when it is known of each file whether it can be written. */
    void standing(CompletableFuture<List<LogStanding>> told) {
        curious.add(told);
    }

    void reopen() {
        book.reopen();
    }

    /** See {@link Outlets#byWatcher}. */
    Map<String, List<PacedSink>> outlets() {
        return book.outlets();
    }

    OutputCounts counts() {
        return book.counts();
    }

    void drain(long deadlineNanos, CompletableFuture<Void> done) {
        Drains.Drain drain = drains.add(deadlineNanos, done);
        channel.request(List.of("list", "processes", namePattern), new ReplyListener() {
            @Override
            public void ok(String text) {
                try {
                    drain.of(KernelLists.ended(text));
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

    void written(long incarnation, long deadlineNanos, CompletableFuture<Void> done) {
        drains.addLastWords(incarnation, deadlineNanos, done);
    }

    /** Tells those who wait for it. */
    void completeDrains() {
        drains.complete();
        if (!curious.isEmpty() && !book.isOpening()) {
            List<LogStanding> standing = book.standing();
            curious.forEach(told -> told.complete(standing));
            curious.clear();
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
        boolean consolesAreDone = !outlets.isBusy();
        return waited >= STOP_NANOS || (book.isSettled() && (consolesAreDone || waited >= CONSOLE_STOP_NANOS));
    }

    @Override
    public void close() {
        witness.end();
        channel.close();
        book.close(DISK_CLOSE);
        outlets.close(CONSOLE_CLOSE);
        drains.fail(new PapaException("the connection to the kernel has ended"));
    }
}
