package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import papa.cgroup.ControlGroups;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.descent.Orphans;
import papa.door.Guard;
import papa.launch.LaunchSettings;
import papa.launch.Spawner;
import papa.loop.ChildEnds;
import papa.loop.EventLoop;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.process.Arena;
import papa.process.Incarnation;
import papa.request.Refusal;
import papa.state.StateException;
import papa.state.StateReader;
import papa.state.StateWriter;
import papa.wire.Frame;

/** A whole kernel on a thread of the test's own JVM, with real children, over a real socket. */
final class RunningKernel implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(40);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String INSTANCE = "0011223344556677";

    final Path socket;
    final int port;
    private final Posix posix;
    private final Path folder;
    private volatile boolean succeeded;
    private final Guard guard;
    private final Kernel kernel;
    private final Server server;
    private final EventLoop loop;
    private final Thread thread;
    private final List<KernelChannel> clients = new ArrayList<>();

    RunningKernel() throws Exception {
        this(64L * 1024 * 1024);
    }

    RunningKernel(long ceilingBytes) throws Exception {
        this(ceilingBytes, new NativePosix());
    }

    /** @param posix what a test may have put failures into */
    RunningKernel(long ceilingBytes, Posix posix) throws Exception {
        this(posix, ceilingBytes, -1, new Guard(posix.uid(), Set.of()), -1, false);
    }

    /** @param fileLimit the soft limit of open files that children get; -1 for our own */
    RunningKernel(long ceilingBytes, long fileLimit) throws Exception {
        this(new NativePosix(), ceilingBytes, fileLimit, new Guard(new NativePosix().uid(), Set.of()), -1, false);
    }

    /** @param tcpPort 0 for any, -1 for none */
    RunningKernel(long ceilingBytes, Guard guard, int tcpPort, boolean mayChange) throws Exception {
        this(new NativePosix(), ceilingBytes, -1, guard, tcpPort, mayChange);
    }

    private RunningKernel(Posix posix, long ceilingBytes, long fileLimit, Guard guard, int tcpPort, boolean mayChange)
            throws Exception {
        this(
                posix,
                Files.createTempDirectory("papa-test"),
                loop -> new Arena(posix, ceilingBytes),
                loop -> ControlGroups.none(posix, loop),
                fileLimit,
                guard,
                tcpPort,
                mayChange,
                RETRY_NANOS,
                -1);
    }

    /** One with all that a kernel can have: a TCP port for reading, and cgroups. It is quick to try again what failed. */
    static RunningKernel complete(Posix posix) throws Exception {
        Path folder = Files.createTempDirectory("papa-test");
        return new RunningKernel(
                posix,
                folder,
                loop -> new Arena(posix, 64L * 1024 * 1024),
                loop -> ControlGroups.find(
                        posix, loop, folder.resolve("papa.sock").toString(), INSTANCE),
                -1,
                new Guard(posix.uid(), Set.of()),
                0,
                false,
                TimeUnit.MILLISECONDS.toNanos(20),
                -1);
    }

    /** Where the memory for output comes from. */
    private interface Memory {
        Arena arena(EventLoop loop) throws PosixException;
    }

    /** @param state of another kernel, which has stopped, to go on with; -1 for none */
    private RunningKernel(
            Posix posix,
            Path folder,
            Memory memory,
            Function<EventLoop, ControlGroups<Incarnation>> controlGroups,
            long fileLimit,
            Guard guard,
            int tcpPort,
            boolean mayChange,
            long retryNanos,
            int state)
            throws Exception {
        this.posix = posix;
        this.folder = folder;
        this.guard = guard;
        socket = folder.resolve("papa.sock");
        loop = new EventLoop(posix, retryNanos);
        long[] limit = new long[2];
        posix.fileLimit(limit);
        long childFiles = fileLimit < 0 ? limit[0] : fileLimit;
        Spawner spawner = new Spawner(posix, loop, new LaunchSettings(childFiles, "/", 022, folder + "/"));
        kernel = new Kernel(posix, loop, spawner, memory.arena(loop), controlGroups.apply(loop));
        server = server(kernel, loop);
        if (state < 0) {
            server.listen();
            port = server.openPort(tcpPort, mayChange);
        } else {
            restore(kernel, server, state);
            port = tcpPort;
        }
        posix.becomeSubreaper();
        ChildEnds children = new ChildEnds(posix, loop, kernel::childChanged);
        kernel.launches.onTold(children::begun);
        children.start();
        spawner.start();
        if (state >= 0) {
            server.resume();
            new KernelState(kernel).resume();
        }
        CountDownLatch started = new CountDownLatch(1);
        thread = new Thread(
                () -> {
                    started.countDown();
                    try {
                        loop.run();
                        kernel.close();
                        server.close();
                    } catch (PosixException failed) {
                        throw new AssertionError(failed);
                    } catch (Replaced byAnother) {
                        succeeded = true;
                    }
                },
                "papa-under-test");
        thread.start();
        started.await();
    }

    private Server server(Kernel of, EventLoop on) {
        return new Server(posix, on, of, socket.toString(), Instance.now(INSTANCE), guard, false);
    }

    private void restore(Kernel restored, Server itsServer, int file) throws StateException {
        KernelState state = new KernelState(restored);
        StateReader reader = new StateReader(posix);
        state.restoreFrom(reader);
        new SavedConnections(restored, itsServer).restoreFrom(reader);
        reader.read(file);
        state.restored();
    }

    /** What ends a kernel in the middle of whatever it does, as execve(2) would. */
    private static final class Replaced extends Error {
        private static final long serialVersionUID = 1;
    }

    /** The same, after its clients have gone. */
    RunningKernel successor() throws Exception {
        clients.forEach(KernelChannel::close);
        return handOver();
    }

    /**
     * Another kernel goes on with all that this one holds, as after an exec, and with its connections. This one is only to
     * be closed afterwards.
     */
    RunningKernel handOver() throws Exception {
        int state = posix.memoryFile("state-test", 0);
        loop.post(() -> {
            server.pause();
            handOverOnceQuiet(state);
        });
        thread.join(LIMIT.toMillis());
        RunningKernel successor = new RunningKernel(
                posix,
                folder,
                each -> Arena.toRestore(posix),
                each -> ControlGroups.toRestore(posix, each),
                -1,
                guard,
                port,
                false,
                RETRY_NANOS,
                state);
        successor.clients.addAll(clients);
        posix.close(state);
        return successor;
    }

    /** Reads no requests, and lets nobody in. */
    void pause() throws Exception {
        onLoop(() -> {
            server.pause();
            return "";
        });
    }

    void resume() throws Exception {
        onLoop(() -> {
            server.resume();
            return "";
        });
    }

    private void handOverOnceQuiet(int state) {
        if (server.owedBesides(new OwedReply.Nobodys()) > 0 || !kernel.launches.none()) {
            loop.after(1_000_000, () -> handOverOnceQuiet(state));
        } else {
            save(kernel, server, state);
            throw new Replaced();
        }
    }

    private void save(Kernel saved, Server itsServer, int file) {
        try (StateWriter writer = new StateWriter(posix, file, "0.1.0")) {
            new KernelState(saved).save(writer);
            new SavedConnections(saved, itsServer).save(writer);
            if (writer.finish() < 0) {
                throw new AssertionError("the state cannot be written");
            }
        }
    }

    /** The state of this kernel as it is now, without what only tells of the time that has passed. */
    String state() throws Exception {
        return onLoop(() -> {
            int file = posix.memoryFile("state-test", 0);
            save(kernel, server, file);
            return text(file);
        });
    }

    /**
     * What a kernel would save that has restored the state of this one, and has done nothing yet; as {@link #state}, and the
     * same.
     */
    String stateOfAnother() throws Exception {
        List<String> states = states();
        assertThat(states.get(1)).isEqualTo(states.get(0));
        return states.get(1);
    }

    /** {@link #state}, and what a kernel would save that has restored it. */
    List<String> states() throws Exception {
        return onLoop(() -> {
            int file = posix.memoryFile("state-test", 0);
            save(kernel, server, file);
            String own = readable(file);
            EventLoop otherLoop = new EventLoop(posix);
            Kernel another = anotherToRestore(otherLoop);
            Server itsServer = server(another, otherLoop);
            restore(another, itsServer, file);
            posix.close(file);
            int again = posix.memoryFile("state-test", 0);
            save(another, itsServer, again);
            return List.of(own, text(again));
        });
    }

    /** What a kernel says that is to restore this one's state after a change to its text; nothing if it could. */
    String complaintAbout(UnaryOperator<String> change) throws Exception {
        return onLoop(() -> {
            int file = posix.memoryFile("state-test", 0);
            save(kernel, server, file);
            Path path = Path.of("/proc/self/fd/" + file);
            String changed = change.apply(Files.readString(path, StandardCharsets.ISO_8859_1));
            long lines = changed.lines().count() - 1;
            Files.writeString(
                    path, changed.replaceFirst("\nend lines=.*", "\nend lines=" + lines), StandardCharsets.ISO_8859_1);
            EventLoop otherLoop = new EventLoop(posix);
            Kernel another = anotherToRestore(otherLoop);
            try {
                restore(another, server(another, otherLoop), file);
                return "";
            } catch (StateException wrong) {
                return "" + wrong.getMessage();
            } finally {
                posix.close(file);
            }
        });
    }

    private Kernel anotherToRestore(EventLoop otherLoop) throws PosixException {
        Spawner spawner = new Spawner(posix, otherLoop, new LaunchSettings(1024, "/", 022, folder + "/"));
        return new Kernel(posix, otherLoop, spawner, Arena.toRestore(posix), ControlGroups.toRestore(posix, otherLoop));
    }

    /** Nanoseconds of saving, and of restoring beside this kernel. */
    long[] timeOfState() throws Exception {
        return onLoop(() -> {
            int file = posix.memoryFile("state-test", 0);
            long begun = System.nanoTime();
            save(kernel, server, file);
            long saved = System.nanoTime();
            EventLoop otherLoop = new EventLoop(posix);
            Kernel another = anotherToRestore(otherLoop);
            restore(another, server(another, otherLoop), file);
            long restored = System.nanoTime();
            posix.close(file);
            return new long[] {saved - begun, restored - saved};
        });
    }

    private String text(int file) throws IOException {
        String all = readable(file);
        posix.close(file);
        return all;
    }

    private static String readable(int file) throws IOException {
        String all = Files.readString(Path.of("/proc/self/fd/" + file), StandardCharsets.ISO_8859_1);
        return all.replaceAll(" (committed-ago|held-back|hunger|asked-ago)=\\d+", " $1=");
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        loop.post(future);
        return future.get();
    }

    /** A framed connection that keeps the frames it gets. */
    Client connect() throws PapaException {
        return new Client();
    }

    /** What the kernel adopted of nobody known. */
    Collection<Orphans.Stranger> strangers() {
        return CompletableFuture.supplyAsync(kernel::strangers, loop::post).join();
    }

    /** Gives it a socket as if it had been started with it; its number in the kernel is another one. */
    void inherit(int fd, String name) {
        try {
            tryToInherit(fd, name);
        } catch (PapaException refused) {
            throw new AssertionError(refused.getMessage(), refused);
        }
    }

    /** @throws PapaException with the words of the refusal */
    void tryToInherit(int fd, String name) throws PapaException {
        String refusal = CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                kernel.sockets.inherited().add(fd, name);
                                return "";
                            } catch (Refusal refused) {
                                return "" + refused.getMessage();
                            }
                        },
                        loop::post)
                .join();
        if (!refusal.isEmpty()) {
            throw new PapaException(refusal);
        }
    }

    /** Closes the sockets that it was started with, and nobody has asked for. */
    void dropInherited() {
        CompletableFuture.runAsync(kernel.sockets.inherited()::close, loop::post)
                .join();
    }

    final class Client {
        final List<Frame> frames = new ArrayList<>();
        final KernelChannel channel;
        private final Map<Long, StringBuilder> output = new ConcurrentHashMap<>();

        private Client() throws PapaException {
            channel = KernelChannel.open(socket, this::keep);
            clients.add(channel);
        }

        private void keep(Frame frame) {
            frames.add(frame);
            if (frame instanceof Frame.Data data) {
                output.computeIfAbsent(data.incarnation(), each -> new StringBuilder())
                        .append(StandardCharsets.ISO_8859_1.decode(data.bytes().duplicate()));
            }
        }

        String call(String... words) throws PapaException {
            return channel.call(Arrays.asList(words), LIMIT);
        }

        /** The same within a lambda. */
        String callUnchecked(String... words) {
            try {
                return call(words);
            } catch (PapaException failed) {
                throw new AssertionError(failed);
            }
        }

        /** Starts a shell that runs a script; its incarnation. */
        long start(String name, String script, String... options) throws PapaException {
            List<String> words = new ArrayList<>(List.of("make", "process", name, "path=/bin:/usr/bin"));
            words.addAll(Arrays.asList(options));
            words.addAll(List.of("--", "sh", "-c", script));
            String answer = channel.call(words, LIMIT);
            return Long.parseLong(answer.replaceAll("(?s).*incarnation=(\\d+).*", "$1"));
        }

        String output(long incarnation) {
            return output.getOrDefault(incarnation, new StringBuilder()).toString();
        }

        /** Serves the connection until a condition holds. */
        void until(BooleanSupplier condition) throws PapaException {
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("not within " + LIMIT + "; frames: " + frames);
                }
                call("get", "x"); // a round trip brings whatever else there is
                LockSupport.parkNanos(1_000_000);
            }
        }

        boolean has(Class<? extends Frame> kind, long incarnation) {
            return frames.stream().anyMatch(each -> kind.isInstance(each) && each.incarnation() == incarnation);
        }
    }

    boolean hasEnded() {
        return !thread.isAlive();
    }

    @Override
    public void close() throws Exception {
        if (succeeded) {
            return;
        }
        CountDownLatch ended = new CountDownLatch(1);
        loop.post(() -> kernel.endAll(TimeUnit.SECONDS.toNanos(1), () -> {
            ended.countDown();
            loop.stop();
        }));
        if (!hasEnded()) {
            ended.await(10, TimeUnit.SECONDS);
            thread.join(10_000);
        }
        clients.forEach(KernelChannel::close);
        Files.deleteIfExists(socket); // there if a test had it fail
        Files.deleteIfExists(folder);
    }
}
