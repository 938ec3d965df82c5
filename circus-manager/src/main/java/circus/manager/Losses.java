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

    private final Clock clock;
    private final Deque<Long> times = new ArrayDeque<>();

    Losses(Clock clock) {
        this.clock = clock;
    }

    /** One more. Whether another kernel is to be started, which is told in either case. */
    boolean mayGoOn(String reason) {
        long now = clock.nanos();
        times.add(now);
        times.removeIf(then -> now - then > WITHIN_NANOS);
        if (times.size() > MOST) {
            LOG.log(
                    Level.ERROR,
                    "cannot go on: the kernel has gone ({0}), for the {1}th time within a minute. Its workers may run on without"
                            + " it; start circusd again",
                    reason,
                    String.valueOf(times.size()));
            return false;
        }
        LOG.log(Level.ERROR, "the kernel has gone ({0}); another one is started", reason);
        return true;
    }
}
