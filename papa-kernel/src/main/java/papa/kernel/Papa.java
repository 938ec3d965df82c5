package papa.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Objects;
import papa.cgroup.ControlGroups;
import papa.door.AllowedUsers;
import papa.door.Guard;
import papa.launch.LaunchSettings;
import papa.launch.Spawner;
import papa.loop.ChildSignal;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.loop.Signals;
import papa.posix.Errno;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.process.Arena;
import papa.process.Incarnation;
import papa.process.UnreadOutput;
import papa.request.Refusal;
import papa.wire.Words;

/** The kernel's program: puts the parts together, and runs until it is told to end. */
public final class Papa {
    private static final long CEILING_BYTES = 256L * 1024 * 1024;
    private static final long GRACE_NANOS = 10_000_000_000L;

    /** Among the last to be ended for want of memory: with it, all output would be lost. What must live has -1000. */
    private static final int OOM_SCORE = -900;

    private Papa() {}

    public static void main(String[] words) {
        System.exit(run(words));
    }

    private static int run(String... words) {
        try {
            Arguments arguments = Arguments.parse(words);
            if (arguments.help()) {
                System.out.print(Arguments.USAGE);
                return 0;
            }
            if (arguments.version()) {
                System.out.println("papa " + Server.VERSION);
                return 0;
            }
            Log.debugging(arguments.debug());
            Posix posix = new NativePosix();
            Signals.ignoreHarmless(posix);
            Path socket = socket(posix, arguments);
            if (arguments.daemonize()) {
                return Daemonizer.run(socket);
            }
            serve(posix, arguments, Words.utf8(socket.toString()));
            return 0;
        } catch (Arguments.UsageException wrong) {
            System.err.println("papa: " + wrong.getMessage());
            return 2;
        } catch (Refusal | PosixException | IOException failed) {
            System.err.println("papa: " + failed.getMessage());
            return 1;
        } catch (OutOfMemoryError none) {
            System.err.println("papa: cannot start: " + none.getMessage());
            return 1;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private static Path socket(Posix posix, Arguments arguments) throws Refusal {
        if (arguments.socketPath().isEmpty()) {
            return RuntimeFolder.prepare(posix.uid()).resolve("papa.sock");
        }
        Path socket = Path.of(arguments.socketPath()).toAbsolutePath();
        Path folder = Objects.requireNonNullElse(socket.getParent(), socket);
        RuntimeFolder.doubt(folder, posix.uid())
                .ifPresent(doubt -> Log.info("warning: the folder " + folder + " " + doubt
                        + ", who could put a socket of his own in the place of " + socket));
        return socket;
    }

    static void serve(Posix posix, Arguments arguments, String path) throws PosixException, Refusal, IOException {
        LockFile lock = LockFile.take(posix, path);
        OwnLog log = new OwnLog(posix, path);
        try {
            if (arguments.detached()) {
                log.keep();
            }
            boolean saysSomething = run(posix, arguments, path);
            if (arguments.detached() && !saysSomething) {
                log.remove();
            }
        } finally {
            lock.remove();
        }
    }

    /** Until its end; whether its log says something that is to be read afterwards. */
    private static boolean run(Posix posix, Arguments arguments, String path)
            throws PosixException, Refusal, IOException {
        if (arguments.detached()) {
            posix.setSession();
        }
        int mask = posix.fileMask(022);
        posix.fileMask(mask);
        String home = Words.utf8(Path.of("").toAbsolutePath().toString());
        long startLimit = raiseFileLimit(posix);
        PosixException.check("become a subreaper", posix.becomeSubreaper());

        int lowered = posix.lowerOomScore(OOM_SCORE);
        if (lowered < 0) {
            Log.debug("cannot lower oom_score_adj: " + Errno.of(lowered));
        }

        EventLoop loop = new EventLoop(posix);
        String folder = path.substring(0, path.lastIndexOf('/') + 1);
        Spawner spawner = new Spawner(posix, loop, new LaunchSettings(startLimit, home, mask, folder));
        String instance = String.format("%016x", new SecureRandom().nextLong());
        ControlGroups<Incarnation> controlGroups = ControlGroups.find(posix, loop, path, instance);
        Kernel kernel = new Kernel(posix, loop, spawner, new Arena(posix, CEILING_BYTES), controlGroups);
        Guard guard = new Guard(posix.uid(), AllowedUsers.read(arguments.allowed(), posix.accounts()));
        Server server = new Server(posix, loop, kernel, path, instance, guard, arguments.exitWhenIdle());
        server.openPort(arguments.port(), arguments.portControl());
        handleSignals(loop, kernel);
        spawner.start();
        loop.run();

        kernel.close();
        boolean unread = UnreadOutput.tell(kernel.processes());
        server.close();
        return unread;
    }

    /** Many processes need many descriptors. What the limit was is what children get. */
    private static long raiseFileLimit(Posix posix) throws PosixException {
        long[] limit = new long[2];
        PosixException.check("read the limit of open files", posix.fileLimit(limit));
        long soft = limit[0];
        posix.setFileLimit(limit[1], limit[1]);
        return soft;
    }

    private static void handleSignals(EventLoop loop, Kernel kernel) {
        for (String name : new String[] {"TERM", "INT"}) {
            Signals.on(
                    name,
                    () -> loop.post(() -> {
                        Log.info("got SIG" + name + ": ending all processes");
                        kernel.endAll(GRACE_NANOS, loop::stop);
                    }));
        }
        new ChildSignal(loop, kernel::childChanged).listen();
    }
}
