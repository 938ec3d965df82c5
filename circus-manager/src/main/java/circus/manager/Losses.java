package circus.manager;

import circus.manager.watcher.Clock;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** How often the kernel was lost: one that does not live is not started for ever. Used on circus-loop only. */
final class Losses {
    private static final System.Logger LOG = System.getLogger(Losses.class.getName());
    private static final int MOST = 40;
    private static final long WITHIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Who is to end does not try for ever. */
    private static final int MOST_IN_VAIN = 2;

    private final Clock clock;
    private final Deque<Long> times = new ArrayDeque<>();
    private int vain;

    Losses(Clock clock) {
        this.clock = clock;
    }

    /**
     * One more. Whether another kernel is to be started, which is told in either case.
     *
     * @param inVain no manager has got as far as to serve with it
     * @param endIsWanted nobody waits for anything but the end
     */
    boolean mayGoOn(String reason, boolean inVain, boolean endIsWanted) {
        long now = clock.nanos();
        times.add(now);
        times.removeIf(then -> now - then > WITHIN_NANOS);
        vain = inVain ? vain + 1 : 0;
        if (times.size() > MOST) {
            return stop(reason, "for the " + times.size() + "th time within a minute");
        }
        if (endIsWanted && vain >= MOST_IN_VAIN) {
            return stop(reason, vain + " times before anything could be ended in order");
        }
        LOG.log(Level.ERROR, "the kernel has gone ({0}); another one is started", reason);
        return true;
    }

    private static boolean stop(String reason, String how) {
        LOG.log(
                Level.ERROR,
                "cannot go on: the kernel has gone ({0}), {1}. Its workers may run on without it; start circusd again",
                reason,
                how);
        return false;
    }
}
