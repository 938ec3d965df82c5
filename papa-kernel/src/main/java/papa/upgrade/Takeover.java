package papa.upgrade;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import papa.posix.Posix;

/** The moment itself: one program becomes another, with the descriptors that a state names and no others. */
public final class Takeover {
    private static final int FIRST = 3;

    private Takeover() {}

    /** The words with which a program that has shown that it can is to be executed. */
    public static Program resuming(Program proven, int state) {
        return proven.with(Handed.resume(proven.argv(), state));
    }

    /** Returns only if it failed: a negated errno, and nothing has changed. */
    public static int execute(Posix posix, Program program, int state, Collection<Integer> kept) {
        List<Integer> handed = new ArrayList<>(kept);
        handed.add(state);
        try {
            int done = posix.closeOnExecFrom(FIRST); // a JVM opens its own files without
            for (int fd : handed) {
                done = done < 0 ? done : posix.program().setCloseOnExec(fd, false);
            }
            return done < 0 ? done : program.execute(posix);
        } finally {
            posix.closeOnExecFrom(FIRST);
        }
    }
}
