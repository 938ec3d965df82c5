package papa.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.request.Refusal;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Words;

/**
 * Makes sure that there is one kernel on one path: the lock is taken before the socket's path is touched, and held until
 * the socket is gone. The file goes with it; whoever waited on the old file looks again (flock(2) locks the file, not
 * its name). It holds the pid of who has the lock.
 */
final class LockFile {
    static final String KIND = "lock";
    private static final int TRIES = 100;
    private static final int LONGEST_PID = 24;

    /** How long who has the lock may take to write its pid. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Posix posix;
    private final String path;
    private final int fd;
    private final int former;

    private LockFile(Posix posix, String path, int fd, int former) {
        this.posix = posix;
        this.path = path;
        this.fd = fd;
        this.former = former;
    }

    /** The pid of who had it before and did not end in order; 0 if there is none. */
    int former() {
        return former;
    }

    private static String path(String socketPath) {
        return socketPath + ".lock";
    }

    /** {@code lock}: path, and file, the descriptor. It is locked as long as that is open, and so is never let go in between. */
    void save(StateWriter out) {
        out.line(KIND).put("path", path).descriptor("file", fd).end();
    }

    static LockFile restore(Posix posix, StateLine line) throws StateException {
        return new LockFile(posix, line.text("path"), line.descriptor("file"), 0);
    }

    /** @throws Refusal when another kernel holds it */
    static LockFile take(Posix posix, String socketPath) throws Refusal, PosixException {
        String path = path(socketPath);
        for (int i = 0; i < TRIES; i++) {
            int fd = posix.open(path, Posix.O_CREAT | Posix.O_RDWR | Posix.O_NOFOLLOW, 0600);
            if (Errno.ELOOP.is(fd)) {
                throw new Refusal("cannot open " + Words.text(path) + ": it is a symbolic link; remove it");
            }
            PosixException.check("open " + Words.text(path), fd);
            int locked = posix.lock(fd);
            if (Errno.EAGAIN.is(locked)) {
                String pid = readPid(posix, fd, PATIENCE_NANOS);
                posix.close(fd);
                throw new Refusal("cannot serve at " + Words.text(socketPath) + ": a papa is running there"
                        + (pid.isEmpty() ? "" : ", pid " + pid) + " (it holds " + Words.text(path) + ")");
            }
            PosixException.check("lock " + Words.text(path), locked);
            long[] locking = new long[2];
            long[] named = new long[2];
            posix.identify(fd, locking);
            if (posix.identify(path, named) >= 0 && Arrays.equals(locking, named)) {
                int former = former(posix, path);
                writePid(posix, fd);
                return new LockFile(posix, path, fd, former);
            }
            posix.close(fd);
        }
        throw new Refusal("cannot lock " + Words.text(path) + ": it keeps being replaced");
    }

    private static int former(Posix posix, String path) {
        int fd =
                posix.open(path, Posix.O_RDONLY | Posix.O_NOFOLLOW, 0); // another one: where it reads is its own affair
        if (fd < 0) {
            return 0;
        }
        String pid = readPid(posix, fd, 0);
        posix.close(fd);
        return pid.isEmpty() ? 0 : Integer.parseInt(pid);
    }

    private static void writePid(Posix posix, int fd) {
        byte[] text = (posix.pid() + "\n").getBytes(StandardCharsets.US_ASCII);
        long memory = posix.allocate(LONGEST_PID);
        posix.putBytes(memory, text, 0, text.length);
        posix.truncate(fd, 0);
        posix.write(fd, memory, text.length);
        posix.free(memory);
    }

    /** Empty if it cannot be told. */
    private static String readPid(Posix posix, int fd, long patienceNanos) {
        long memory = posix.allocate(LONGEST_PID);
        long deadline = System.nanoTime() + patienceNanos;
        long count = posix.read(fd, memory, LONGEST_PID);
        while (count == 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
            count = posix.read(fd, memory, LONGEST_PID);
        }
        byte[] text = new byte[(int) Math.max(0, count)];
        posix.getBytes(memory, text, 0, text.length);
        posix.free(memory);
        String pid = new String(text, StandardCharsets.US_ASCII).strip();
        return pid.matches("[0-9]{1,9}") ? pid : "";
    }

    /** Removes the file; the lock itself ends with the process. */
    void remove() {
        posix.unlink(path);
    }
}
