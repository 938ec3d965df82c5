package circus.manager.output;

import circus.manager.disk.DiskStore;
import circus.manager.disk.DiskTask;
import circus.manager.line.Layout;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import papa.wire.Frame.Channel;

/** A book on a model kernel, for tests that say step by step what happens. Nothing is random, nobody dies unasked. */
final class Rig {
    private static final ZoneId ZONE = ZoneId.of("UTC");

    final ModelKernel kernel = new ModelKernel(new Random(1), new Fate(new Random(1)));
    final DeadlyStore store = new DeadlyStore(new DiskStore(), new Fate(new Random(1)), new Random(1));
    private final OutputStream stdout;
    private final boolean terminal;
    private final CustomStreams custom;
    private OutputRoutes routes = OutputRoutes.none();
    private OutputBook book;
    private long nowNanos = 1;

    Rig() {
        this(OutputStream.nullOutputStream());
    }

    Rig(OutputStream stdout) {
        this(stdout, false, CustomStreams.NONE);
    }

    Rig(OutputStream stdout, boolean terminal, CustomStreams custom) {
        this.stdout = stdout;
        this.terminal = terminal;
        this.custom = custom;
        book = start();
    }

    OutputBook book() {
        return book;
    }

    private OutputBook start() {
        TestCrew crew = new TestCrew(true);
        Recoveries recoveries = new Recoveries(kernel.values(), store, kernel::replay, ZONE);
        crew.hand(recoveries.tasks(nowNanos));
        crew.takeDone().forEach(DiskTask::complete);
        recoveries.outcome().commits().forEach(kernel::carryOut);
        PacedSink console = PacedSink.console("stdout", stdout, terminal, () -> {});
        OutputBook started = new OutputBook(
                ModelKernel.PREFIX,
                ZONE,
                store,
                crew,
                kernel::micros,
                recoveries,
                new Outlets(Map.of(Channel.OUT, console, Channel.ERR, console), custom, () -> {}),
                kernel,
                reason -> {
                    throw new AssertionError(reason);
                });
        started.routes(routes);
        kernel.follow(started);
        return started;
    }

    /** The next manager has another configuration. */
    void forgetRoutes() {
        routes = OutputRoutes.none();
    }

    void route(String watcher, Channel channel, OutputRoute route) {
        routes = routes.with(watcher, channel, route);
        book.routes(routes);
    }

    void toFile(String watcher, Path path) {
        route(watcher, Channel.OUT, new OutputRoute.ToFile(path, Layout.PLAIN));
    }

    void toFile(String watcher, Path path, String timeFormat) {
        route(watcher, Channel.OUT, new OutputRoute.ToFile(path, Layout.timed(timeFormat)));
    }

    /** The stdout of a new process. */
    StreamId process(long incarnation, String watcher) {
        kernel.start(incarnation, watcher);
        return new StreamId(incarnation, Channel.OUT);
    }

    void say(StreamId stream, String text) {
        kernel.say(stream, text.getBytes(StandardCharsets.UTF_8));
    }

    /** All frames come, all requests are answered, all that is due is done. */
    void settle() {
        later(Duration.ofMillis(20));
    }

    void later(Duration duration) {
        nowNanos += duration.toNanos();
        for (int i = 0; i < 5; i++) {
            exchange();
            book.turn(nowNanos);
            // Two for a plan and what it says, then long enough that what was written is committed.
            nowNanos += Duration.ofMillis(i == 2 ? 101 : 1).toNanos();
        }
        exchange();
    }

    void exchange() {
        while (kernel.serve() || kernel.send() || kernel.deliver()) {
            Thread.onSpinWait();
        }
    }

    void turn() {
        book.turn(nowNanos);
    }

    /** The manager dies, and the next one starts. */
    void restart() {
        kernel.hangUp();
        book = start();
    }

    /** Settles until something is so that another thread does. */
    void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("it does not happen");
            }
            settle();
        }
    }

    long committed(StreamId stream) {
        return kernel.pipe(stream).committed;
    }

    static String text(Path path) throws IOException {
        return Files.readString(path);
    }

    static List<String> lines(Path path) throws IOException {
        return Files.readAllLines(path);
    }
}
