package papa.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import papa.posix.Posix;
import papa.wire.Words;

/**
 * The log of a kernel in the background: {@code PATH.log}, opened by who started it, and removed by the kernel at its end
 * if there is nothing in it to be read. Who starts a kernel opens the log before that kernel has the lock, when the one
 * before may be about to remove it.
 */
final class OwnLog {
    private final Posix posix;
    private final String path;

    OwnLog(Posix posix, String socketPath) {
        this.posix = posix;
        this.path = socketPath + ".log";
    }

    /** Goes on in a file of that name if ours was removed meanwhile. Call it with the lock held. */
    void keep() {
        if (!writesTo(path + " (deleted)")) {
            return;
        }
        int fd = open();
        if (fd >= 0) {
            posix.redirect(fd, 1);
            posix.redirect(fd, 2);
            posix.close(fd);
        }
    }

    /** For who writes to it; a negated errno, ELOOP if a symbolic link is there, which could lead to any file. */
    int open() {
        return posix.open(path, Posix.O_WRONLY | Posix.O_CREAT | Posix.O_APPEND | Posix.O_NOFOLLOW, 0600);
    }

    private static boolean writesTo(String wanted) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString().equals(Words.text(wanted));
        } catch (IOException closed) {
            return false; // nobody reads what it writes
        }
    }

    /** Call it with the lock held. */
    void remove() {
        posix.unlink(path);
    }
}
