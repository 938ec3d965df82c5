package papa.launch;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import papa.posix.Bell;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.SpawnRequest;
import papa.socket.HeldSocket;

/**
 * Where a child waits, all but executed, while a second thread gives it what can only be given from outside: limits,
 * niceness, its own pid in LISTEN_PID. The thread that starts it cannot: posix_spawn keeps it until the exec.
 *
 * <pre>
 *   launching thread      child                            gatekeeper
 *   begin ──────────────────────────────────────────────►  waits for the arrival
 *   posix_spawn ───────►  opens and closes the arrival ─►  finds its pid, takes the steps
 *   (waits)               opens the opening (waits)    ◄─  opens the opening, or kills the child
 *   settle      ◄───────  exec
 * </pre>
 *
 * <p>Both are FIFOs without a name, reached by /proc/self/fd, so that any user may open them from any directory. A gate and
 * its gatekeeper belong to one launching thread.
 */
final class Gate {
    /** What is done to a child that waits, and how a failure of it is told. */
    record Step(LaunchFailure.Stage stage, String subject, OnChild action, String hint) {}

    /** Gets the pid; 0 or more, or a negated errno. */
    interface OnChild {
        int apply(int pid);
    }

    /** A step that failed. */
    record Failed(Step step, int errno) {}

    /** The end of a FIFO's former path, with the pid of its kernel: who waits at one has it open by that. */
    static final Pattern NAME = Pattern.compile("/\\.gate-([0-9]{1,9})-[0-9]+( \\(deleted\\))?$");

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String PID_VARIABLE = "LISTEN_PID=";
    private static final long PAUSE_NANOS = 1_000_000L;
    private static final Step OPEN = new Step(LaunchFailure.Stage.GATE, "", pid -> 0, "");

    private final Posix posix;
    private final String folder;
    private final NewestChild newestChild;
    private final Semaphore work = new Semaphore(0);
    private final Semaphore done = new Semaphore(0);
    private int arrival = -1;
    private int opening = -1;
    private int returned = -1;
    private long pidVariable;
    private long bellWords;

    // Of one launch. The semaphores order the accesses.
    private int reader = -1;
    private List<Step> steps = List.of();
    private @Nullable Failed failed;

    /** @param folder where FIFOs may be made; a byte string */
    Gate(Posix posix, String folder, NewestChild newestChild) {
        this.posix = posix;
        this.folder = folder;
        this.newestChild = newestChild;
    }

    /** No launch will need it any more. Its gatekeeper rests for ever. */
    void close() {
        for (int fd : new int[] {arrival, opening, returned}) {
            if (fd >= 0) {
                posix.close(fd);
            }
        }
        posix.free(pidVariable);
        posix.free(bellWords);
    }

    /** Makes it ready for a launch; 0 or more, or a negated errno. Nothing has to be undone then. */
    int begin(List<Step> stepsToTake) {
        int prepared = returned < 0 ? prepare() : 0;
        if (prepared < 0) {
            return prepared;
        }
        reader = posix.open("/proc/self/fd/" + arrival, Posix.O_RDONLY | Posix.O_NONBLOCK, 0);
        if (reader < 0) {
            return reader;
        }
        posix.putBytes(pidVariable + PID_VARIABLE.length(), new byte[16], 0, 16);
        steps = stepsToTake;
        failed = null;
        work.release();
        return 0;
    }

    private int prepare() {
        arrival = arrival < 0 ? fifo() : arrival;
        opening = opening < 0 ? fifo() : opening;
        int worst = Math.min(arrival, opening);
        if (worst < 0) {
            return worst;
        }
        pidVariable = pidVariable == 0 ? posix.allocate(64) : pidVariable;
        bellWords = bellWords == 0 ? posix.allocate(16) : bellWords;
        posix.putLong(bellWords, 1);
        byte[] name = PID_VARIABLE.getBytes(StandardCharsets.ISO_8859_1);
        posix.putBytes(pidVariable, name, 0, name.length);
        int bell = posix.eventfd(false);
        if (bell < 0) {
            return bell;
        }
        Thread thread = new Thread(this::keep, "papa-gate");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) {
            // No more processes are allowed, say. Without a gatekeeper nobody may wait for one: the next launch tries
            // again.
            posix.close(bell);
            return Errno.EAGAIN.negated();
        }
        returned = bell;
        return 0;
    }

    /** A FIFO that has no name any more, and that everybody may open who has its descriptor. */
    private int fifo() {
        String path = folder + "/.gate-" + posix.pid() + "-" + COUNT.incrementAndGet();
        posix.unlink(path);
        int made = posix.attributes().makeFifo(path);
        if (made < 0) {
            return made;
        }
        int low = posix.open(path, Posix.O_PATH, 0);
        posix.unlink(path);
        if (low < 0) {
            return low;
        }
        int opened = posix.attributes().changeMode("/proc/self/fd/" + low, 0666);
        int fd = opened < 0
                ? opened
                : posix.duplicate(low, HeldSocket.LOWEST_NUMBER); // out of the way of what the child is given
        posix.close(low);
        return fd;
    }

    /** For the request of the launch. */
    SpawnRequest.Gate ends() {
        return new SpawnRequest.Gate(arrival, opening);
    }

    /** Where LISTEN_PID= stands; the step of {@link #tellPid} writes the number behind it. */
    long pidVariable() {
        return pidVariable;
    }

    /** Writes the child's pid into its environment. It runs in our memory until its exec. */
    int tellPid(int pid) {
        byte[] digits = Integer.toString(pid).getBytes(StandardCharsets.ISO_8859_1);
        posix.putBytes(pidVariable + PID_VARIABLE.length(), digits, 0, digits.length);
        return 0;
    }

    /** To be called when posix_spawn has returned, whatever it said: the step that failed, and so killed the child. */
    @Nullable
    Failed settle() {
        Bell.ring(posix, returned, bellWords); // in case the child never came
        done.acquireUninterruptibly();
        Bell.silence(posix, returned, bellWords + 8);
        return failed;
    }

    private void keep() {
        while (true) {
            work.acquireUninterruptibly();
            try {
                serve();
            } catch (RuntimeException | Error fault) {
                failed = new Failed(OPEN, Errno.ENOMEM.negated());
                letGo();
            }
            posix.close(reader);
            done.release();
        }
    }

    private void serve() {
        if (await(reader) == 0) {
            return; // nobody came
        }
        int child = newestChild.waiting();
        if (child == 0) {
            failed = new Failed(OPEN, Errno.ESRCH.negated());
            letGo();
            return;
        }
        for (int i = 0; i < steps.size() && failed == null; i++) {
            int result = take(steps.get(i), child);
            failed = result < 0 ? new Failed(steps.get(i), result) : null;
        }
        if (failed == null) {
            letGo();
        }
        if (failed != null) {
            posix.kill(child, Posix.SIGKILL);
        }
    }

    private static int take(Step step, int child) {
        try {
            return step.action().apply(child);
        } catch (OutOfMemoryError none) {
            return Errno.ENOMEM.negated();
        }
    }

    /**
     * Lets the child execute its program. After a failure that left its pid unknown, too, or the launching thread would wait
     * for ever; that one then kills it.
     */
    private void letGo() {
        int opener = posix.open("/proc/self/fd/" + opening, Posix.O_RDWR | Posix.O_NONBLOCK, 0);
        if (opener < 0) {
            failed = new Failed(OPEN, opener);
            return;
        }
        await(-1);
        posix.close(opener);
    }

    /** As {@link papa.posix.Attributes#awaitWritersEnd}, which can fail for want of memory alone: it may have some soon. */
    private int await(int fifo) {
        int ended = posix.attributes().awaitWritersEnd(fifo, returned);
        while (ended < 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
            ended = posix.attributes().awaitWritersEnd(fifo, returned);
        }
        return ended;
    }
}
