package papa.loop;

import java.util.List;
import papa.posix.Posix;
import papa.posix.PosixException;

/**
 * The signals that are for the kernel: blocked in all its threads since before the JVM was started, so that they wait until
 * the loop reads them, also while one program takes the place of another. Who starts us blocks them; see {@link #KEPT}.
 */
public final class Signals {
    /** Those that wait. {@code bin/papa} has the same list. */
    public static final List<Integer> KEPT = List.of(
            Posix.SIGHUP,
            Posix.SIGINT,
            Posix.SIGQUIT,
            Posix.SIGUSR1,
            Posix.SIGUSR2,
            Posix.SIGTERM,
            Posix.SIGCONT,
            Posix.SIGWINCH);

    /** Told of each signal, on the loop's thread. {@code sender} is a pid; 0 is the machine. */
    public interface Listener {
        void came(int signal, int sender);
    }

    private Signals() {}

    /** Whether nothing that is sent to this process meanwhile can get lost, or end it. Of the calling thread. */
    public static boolean areKept(Posix posix) {
        return posix.signals().areBlocked(KEPT) == 1;
    }

    /** Reads them from now on. */
    public static void listen(Posix posix, EventLoop loop, Listener listener) throws PosixException {
        int fd = PosixException.check(
                "make a descriptor for signals", posix.signals().descriptor(KEPT));
        int added = loop.add(fd, Posix.EPOLLIN, events -> {
            int[] sender = new int[1];
            for (int signal = posix.signals().next(fd, sender); signal > 0; ) {
                listener.came(signal, sender[0]);
                signal = posix.signals().next(fd, sender);
            }
        });
        PosixException.check("wait for signals", added);
    }
}
