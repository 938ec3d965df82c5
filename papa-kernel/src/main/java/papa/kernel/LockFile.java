package papa.kernel;

import java.util.Arrays;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.wire.Words;

/**
 * Makes sure that there is one kernel on one path: the lock is taken before the socket's path is touched, and held until
 * the socket is gone. The file goes with it; whoever waited on the old file looks again (flock(2) locks the file, not
 * its name).
 */
final class LockFile {
    private static final int TRIES = 100;

    private final Posix posix;
    private final String path;

    private LockFile(Posix posix, String path) {
        this.posix = posix;
        this.path = path;
    }

    /** @throws Refusal when another kernel holds it */
    static LockFile take(Posix posix, String socketPath) throws Refusal, PosixException {
        String path = socketPath + ".lock";
        for (int i = 0; i < TRIES; i++) {
            int fd = PosixException.check(
                    "open " + Words.text(path), posix.open(path, Posix.O_CREAT | Posix.O_RDWR, 0600));
            int locked = posix.lock(fd);
            if (Errno.EAGAIN.is(locked)) {
                posix.close(fd);
                throw new Refusal("cannot serve at " + Words.text(socketPath) + ": a papa is running there (it holds "
                        + Words.text(path) + ")");
            }
            PosixException.check("lock " + Words.text(path), locked);
            long[] locking = new long[2];
            long[] named = new long[2];
            posix.identify(fd, locking);
            if (posix.identify(path, named) >= 0 && Arrays.equals(locking, named)) {
                return new LockFile(posix, path);
            }
            posix.close(fd);
        }
        throw new Refusal("cannot lock " + Words.text(path) + ": it keeps being replaced");
    }

    /** Removes the file; the lock itself ends with the process. */
    void remove() {
        posix.unlink(path);
    }
}
