package papa.upgrade;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import papa.loop.Log;
import papa.loop.Signals;
import papa.posix.Errno;
import papa.posix.Posix;

/**
 * Sees to it that signals wait until they are read ({@link Signals}). A program cannot do that for itself once its JVM has
 * threads: so one that was started otherwise than by {@code bin/papa}, or where env(1) blocks nothing, blocks them and
 * executes itself once more. Nothing is held yet then.
 */
public final class SignalsHeld {
    /** In the environment of who has done that already. */
    private static final String MARK = "PAPA_SIGNALS_BLOCKED";

    /** By which the JVM neither takes signals for itself nor unblocks them. */
    private static final String REDUCED = "-Xrs";

    /** The signal with which the JVM stops its threads: USR2 unless it is told another. */
    private static final String MOVED = "_JAVA_SR_SIGNUM=40";

    private SignalsHeld() {}

    /** Returns when they are, or cannot be, which is told in the log. */
    public static void ensure(Posix posix) {
        posix.signals().ignore(Posix.SIGPIPE);
        if (Signals.areKept(posix)) {
            return;
        }
        if (System.getenv(MARK) == null) {
            again(posix);
        } else {
            Log.info("cannot keep signals blocked: java takes them for itself");
        }
        // The loop's thread at least; the others may be hit, and then it ends as any program.
        posix.signals().block(Signals.KEPT);
        Log.info("warning: TERM may end this papa at once, without what it runs");
    }

    private static void again(Posix posix) {
        try {
            Program own = Program.own(posix);
            List<String> argv = new ArrayList<>(own.argv());
            if (!argv.contains(REDUCED)) {
                argv.add(1, REDUCED);
            }
            List<String> environment = new ArrayList<>(own.environment());
            environment.removeIf(each -> each.startsWith(MOVED.substring(0, MOVED.indexOf('=') + 1)));
            environment.addAll(List.of(MOVED, MARK + "=1"));
            posix.signals().block(Signals.KEPT);
            int failed = new Program(own.path(), argv, environment).execute(posix);
            Log.info("cannot execute " + own.path() + " once more, with signals blocked: " + Errno.of(failed));
        } catch (IOException unreadable) {
            Log.info("cannot read what this program was started with: " + unreadable.getMessage());
        }
    }
}
