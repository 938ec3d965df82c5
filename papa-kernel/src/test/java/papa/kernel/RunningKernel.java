package papa.kernel;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import papa.cgroup.ControlGroups;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.descent.Orphans;
import papa.door.Guard;
import papa.launch.LaunchSettings;
import papa.launch.Spawner;
import papa.loop.ChildSignal;
import papa.loop.EventLoop;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.process.Arena;
import papa.wire.Frame;

/** A whole kernel on a thread of the test's own JVM, with real children, over a real socket. */
final class RunningKernel implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(40);

    final Path socket;
    final int port;
    private final Path folder;
    private final Kernel kernel;
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

    /** One with all that a kernel can have: a TCP port for reading, and cgroups. */
    static RunningKernel complete(Posix posix) throws Exception {
        return new RunningKernel(posix, 64L * 1024 * 1024, -1, new Guard(posix.uid(), Set.of()), 0, false, true);
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
        this(posix, ceilingBytes, fileLimit, guard, tcpPort, mayChange, false);
    }

    private RunningKernel(
            Posix posix,
            long ceilingBytes,
            long fileLimit,
            Guard guard,
            int tcpPort,
            boolean mayChange,
            boolean hasControlGroups)
            throws Exception {
        folder = Files.createTempDirectory("papa-test");
        socket = folder.resolve("papa.sock");
        loop = new EventLoop(posix);
        long[] limit = new long[2];
        posix.fileLimit(limit);
        long childFiles = fileLimit < 0 ? limit[0] : fileLimit;
        Spawner spawner = new Spawner(posix, loop, new LaunchSettings(childFiles, "/", 022, folder + "/"));
        String instance = "0011223344556677";
        kernel = new Kernel(
                posix,
                loop,
                spawner,
                new Arena(posix, ceilingBytes),
                hasControlGroups
                        ? ControlGroups.find(posix, loop, socket.toString(), instance)
                        : ControlGroups.none(posix, loop));
        Server server = new Server(posix, loop, kernel, socket.toString(), instance, guard, false);
        port = server.openPort(tcpPort, mayChange);
        posix.becomeSubreaper();
        new ChildSignal(loop, kernel::childChanged).listen();
        spawner.start();
        CountDownLatch started = new CountDownLatch(1);
        thread = new Thread(
                () -> {
                    started.countDown();
                    try {
                        loop.run();
                    } catch (PosixException failed) {
                        throw new AssertionError(failed);
                    } finally {
                        kernel.close();
                        server.close();
                    }
                },
                "papa-under-test");
        thread.start();
        started.await();
    }

    /** A framed connection that keeps the frames it gets. */
    Client connect() throws PapaException {
        return new Client();
    }

    /** What the kernel adopted of nobody known. */
    Collection<Orphans.Stranger> strangers() {
        return CompletableFuture.supplyAsync(kernel::strangers, loop::post).join();
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
