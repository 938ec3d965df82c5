package papa.upgrade;

import java.io.File;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import papa.posix.Errno;
import papa.posix.Posix;

/** The moment itself: one program becomes another, with the descriptors that a state names and no others. */
public final class Takeover {
    private static final int FIRST = 3;

    private Takeover() {}

    /** The words with which a program that has shown that it can is to be executed. */
    public static Program resuming(Program proven, int state) {
        return proven.with(Handed.resume(proven.argv(), state));
    }

    private static int closeAllOnExec(Posix posix) {
        int done = posix.closeOnExecFrom(FIRST);
        return done < 0 ? closeEachOnExec(posix) : done;
    }

    /** Before Linux 5.11, and where a filter does not know the call. The loop's thread alone opens what is handed on. */
    private static int closeEachOnExec(Posix posix) {
        String[] names = new File("/proc/self/fd").list();
        if (names == null) {
            return Errno.EMFILE.negated(); // what else could keep us from that
        }
        for (String name : names) {
            int fd = Integer.parseInt(name);
            if (fd >= FIRST) {
                posix.program().setCloseOnExec(fd, true); // one is closed by now: that of the list
            }
        }
        return 0;
    }

    /** Returns only if it failed: a negated errno, and nothing has changed. */
    public static int execute(Posix posix, Program program, int state, Collection<Integer> kept) {
        List<Integer> handed = new ArrayList<>(kept);
        handed.add(state);
        try {
            int done = closeAllOnExec(posix); // a JVM opens its own files without
            for (int fd : handed) {
                done = done < 0 ? done : posix.program().setCloseOnExec(fd, false);
            }
            return done < 0 ? done : program.execute(posix);
        } finally {
            closeAllOnExec(posix);
        }
    }
}
