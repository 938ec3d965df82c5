package circus.manager.kernel;

import circus.manager.home.Home;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import papa.client.PapaException;

/**
 * Sees to it that a kernel answers: {@link #begin} starts one if nobody does, {@link #await} waits for it. Between the
 * two the manager has other work to do, so that both daemons start side by side. One thread at a time.
 *
 * <p>Several managers may do this at the same instant: of the kernels that they start, one gets the lock and the others
 * end at once with exit code 1; all managers then find the one. A kernel that is just about to end for idleness still
 * holds the lock; that is why a start that failed is tried again a little later.
 */
public final class KernelStarter {
    private static final Logger LOGGER = System.getLogger(KernelStarter.class.getName());
    private static final int ATTEMPTS = 3;

    /** Somebody may kill one that is being started; a machine without memory does it again and again. */
    private static final int MOST_KILLED = 20;

    private static final int KILLED = 128 + 9;
    private static final int QUOTED_LINES = 10;
    private static final int QUOTED_BYTES = 4096;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    /** How long after the end of our kernel another one may take to answer, before we start one again. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    /** How long what a kernel was just starting may take to let go of what was the kernel's. */
    private static final long LINGERING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** What to run; asked for only when a kernel must be started. */
    interface Command {
        List<String> words() throws PapaException;
    }

    private final KernelAddress address;
    private final Command command;
    private int attempts;
    private int killed;
    private long logStart;
    private @Nullable Process process;

    /** What a kernel that was killed has left, until one that had it has refused to go on for the last time but one. */
    private @Nullable SocketChannel left;

    private KernelStarter(KernelAddress address, Command command) {
        this.address = address;
        this.command = command;
    }

    /**
     * Starts a kernel if none answers, and returns without waiting for it.
     *
     * @throws PapaException if it cannot even be started, or the directory of its socket cannot be used
     */
    public static KernelStarter begin(KernelAddress address) throws PapaException {
        return begin(
                address,
                () -> List.of(launcher(), "--unix-socket", address.socket().toString(), "--exit-when-idle"));
    }

    /**
     * The same after a kernel was killed: the one that is started goes on with what it held. One that cannot is followed by one
     * that begins anew. One that is killed in turn is followed by another with the same.
     *
     * @param left see {@link Copies}; closed here only when one begins anew, else see {@link #left}
     */
    public static KernelStarter succeed(KernelAddress address, SocketChannel left) throws PapaException {
        address.prepareDirectory();
        KernelStarter starter = new KernelStarter(
                address,
                () -> List.of(launcher(), "--unix-socket", address.socket().toString(), "--exit-when-idle"));
        starter.left = left;
        long deadlineNanos = System.nanoTime() + LINGERING_NANOS;
        // A child that was killed with it before it executed its program may still have its socket and its lock.
        while (starter.answers() && System.nanoTime() - deadlineNanos < 0) {
            pause();
        }
        starter.launch();
        return starter;
    }

    /** What a kernel that was killed has left, which is to stay open until there are copies of what the next one holds. */
    public Optional<SocketChannel> left() {
        return Optional.ofNullable(left);
    }

    /**
     * The kernel that answers now; none is started.
     *
     * @throws PapaException if none answers
     */
    public static KernelStarter find(KernelAddress address) throws PapaException {
        KernelStarter starter = new KernelStarter(address, () -> {
            throw new PapaException("the kernel at " + address.socket() + " has gone");
        });
        if (!starter.answers()) {
            throw new PapaException("the kernel at " + address.socket() + " has gone");
        }
        return starter;
    }

    private void forget() {
        SocketChannel given = left;
        left = null;
        try {
            if (given != null) {
                given.close();
            }
        } catch (IOException cannot) {
            LOGGER.log(Level.DEBUG, "cannot close what a kernel has left", cannot);
        }
    }

    static KernelStarter begin(KernelAddress address, Command command) throws PapaException {
        address.prepareDirectory();
        KernelStarter starter = new KernelStarter(address, command);
        if (!starter.answers()) {
            starter.launch();
        }
        return starter;
    }

    private static String launcher() throws PapaException {
        return Home.find()
                .map(home -> home.resolve("bin/papa").toString())
                .orElseThrow(() -> new PapaException("cannot start a kernel: " + Home.UNKNOWN));
    }

    /** Whether a kernel had to be started. */
    public boolean hasStarted() {
        return attempts > 0;
    }

    /**
     * Returns as soon as a kernel answers.
     *
     * @throws PapaException if none does within the limit; if one was started and ended, with the end of its log
     */
    public void await(Duration limit) throws PapaException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        long deadSinceNanos = 0;
        while (!answers()) {
            long nowNanos = System.nanoTime();
            if (nowNanos >= deadlineNanos) {
                throw failure("it did not answer within " + limit.toMillis() + " ms");
            }
            Process current = process;
            if (current == null) {
                launch();
            } else if (current.isAlive()) {
                deadSinceNanos = 0;
            } else if (deadSinceNanos == 0) {
                deadSinceNanos = nowNanos;
            } else if (nowNanos - deadSinceNanos > GRACE_NANOS) {
                if (current.exitValue() == KILLED && killed < MOST_KILLED) {
                    killed++;
                    attempts--;
                } else if (attempts == ATTEMPTS) {
                    throw failure("it ended with exit code " + current.exitValue());
                }
                launch();
            }
            pause();
        }
    }

    private static void pause() throws PapaException {
        LockSupport.parkNanos(LOOK_NANOS);
        if (Thread.currentThread().isInterrupted()) {
            throw new PapaException("cannot wait for the kernel: interrupted");
        }
    }

    private boolean answers() {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(address.socket()))) {
            return probe.isConnected();
        } catch (IOException e) {
            // Nobody there, or not yet: that is the answer to the question.
            return false;
        }
    }

    private void launch() throws PapaException {
        List<String> words = command.words();
        File log = address.log().toFile();
        attempts++;
        if (attempts == ATTEMPTS) {
            forget(); // with it none has come up
        }
        logStart = log.length();
        try {
            ProcessBuilder builder = new ProcessBuilder(words)
                    .directory(new File("/"))
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
            // What a service manager has to say is for us: the kernel would tell it that it is the main process.
            builder.environment().keySet().removeIf(KernelStarter::isForUsAlone);
            if (left != null) {
                Heir.giveInput(builder, left);
                builder.environment().put("PAPA_TAKE_COPIES", "1");
            }
            process = builder.start();
        } catch (IOException e) {
            throw new PapaException("cannot start a kernel: " + e.getMessage(), e);
        }
        LOGGER.log(Level.DEBUG, () -> "started a kernel: " + String.join(" ", words));
    }

    private static boolean isForUsAlone(String variable) {
        return variable.equals("CIRCUSD_START_REPORT")
                || variable.equals("CIRCUSD_SUCCEEDS")
                || variable.equals("NOTIFY_SOCKET")
                || variable.startsWith("WATCHDOG_")
                || variable.startsWith("LISTEN_");
    }

    private PapaException failure(String why) {
        if (process != null) {
            // One that lives and does not answer would only keep the lock from the next.
            process.destroyForcibly();
        }
        forget(); // with it none has come up
        return new PapaException("cannot start a kernel at " + address.socket() + ": " + why + ". " + endOfLog());
    }

    private String endOfLog() {
        Path log = address.log();
        String text;
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(logStart, file.length() - QUOTED_BYTES));
            byte[] bytes = new byte[QUOTED_BYTES];
            int count = Math.max(0, file.read(bytes));
            text = new String(bytes, 0, count, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "Its log cannot be read: " + e.getMessage();
        }
        if (text.isEmpty()) {
            return "Its log " + log + " says nothing";
        }
        String[] lines = text.split("\n");
        String[] last = Arrays.copyOfRange(lines, Math.max(0, lines.length - QUOTED_LINES), lines.length);
        return "Its log " + log + " ends:\n  " + String.join("\n  ", last);
    }
}
