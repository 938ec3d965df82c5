package papa.launch;

import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.PosixException;

/**
 * Finds the child that a thread is just starting: the last in the list of its children (proc(5)), which is in the order of
 * their making. The list stays open, so that it can be read while no more files may be opened. From any thread.
 */
final class NewestChild {
    private static final int READ_AT_ONCE = 4096;
    private static final int MOST_LOOKS = 200;

    private final Posix posix;
    private final int list;
    private final long buffer;

    /** @param thread the number of one of our own threads */
    NewestChild(Posix posix, int thread) throws PosixException {
        this.posix = posix;
        this.buffer = posix.allocate(READ_AT_ONCE); // now: where there is none later, a child would wait for ever
        String path = "/proc/self/task/" + thread + "/children";
        this.list = posix.open(path, Posix.O_RDONLY, 0);
        if (list < 0) {
            posix.free(buffer);
        }
        PosixException.check("open " + path, list);
    }

    /** Nothing is asked of it any more. */
    synchronized void close() {
        posix.close(list);
        posix.free(buffer);
    }

    /**
     * The pid of the child that has not executed its program yet, or 0 if there is none: it may have died. Told apart from
     * older ones by the memory, which it shares with us until then.
     *
     * <p>The list is not exact: while older children are reaped, a reading may end before the newest (proc(5)). It is read
     * again then.
     */
    synchronized int waiting() {
        int former = 0;
        for (int looks = 0; looks < MOST_LOOKS; looks++) {
            int pid = last();
            int shares = pid == 0 ? 0 : posix.attributes().sharesOurMemory(pid);
            boolean forbidden = Errno.EPERM.is(shares) || Errno.ENOSYS.is(shares);
            // Where kcmp(2) is forbidden, it has to be the last one twice.
            if (shares > 0 || (forbidden && pid == former)) {
                return pid;
            }
            former = pid;
        }
        return 0;
    }

    private int last() {
        byte[] bytes = new byte[READ_AT_ONCE];
        int last = 0;
        int number = 0;
        long offset = 0;
        long count = posix.attributes().readAt(list, buffer, READ_AT_ONCE, offset);
        while (count > 0) {
            posix.getBytes(buffer, bytes, 0, (int) count);
            for (int i = 0; i < count; i++) {
                if (bytes[i] >= '0' && bytes[i] <= '9') {
                    number = number * 10 + bytes[i] - '0';
                } else {
                    last = number > 0 ? number : last;
                    number = 0;
                }
            }
            offset += count;
            count = posix.attributes().readAt(list, buffer, READ_AT_ONCE, offset);
        }
        return number > 0 ? number : last;
    }
}
