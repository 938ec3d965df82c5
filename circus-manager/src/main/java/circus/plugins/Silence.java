package circus.plugins;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Which processes are silent for too long. Knows no circusd and no clock: moments come as nanoseconds of {@link System#nanoTime}.
 *
 * <p>Time in which nobody could have heard anything does not count: when a round comes later than it should, since this machine was
 * overloaded or circusd was stopped for a while, everybody gets that time on top.
 */
final class Silence {
    private final long roundNanos;
    private final long mostNanos;
    private final Map<Integer, Monitored> monitored = new HashMap<>();
    private OptionalLong lastRound = OptionalLong.empty();

    /** A process, and of which watcher it is. */
    record Silent(String watcher, int pid) {}

    private static final class Monitored {
        private final String watcher;
        private long lastHeard;

        private Monitored(String watcher, long lastHeard) {
            this.watcher = watcher;
            this.lastHeard = lastHeard;
        }
    }

    /** @param most so many rounds may pass without a heartbeat */
    Silence(long roundNanos, int most) {
        this.roundNanos = roundNanos;
        this.mostNanos = (long) Math.min((double) roundNanos * Math.max(0, most), Long.MAX_VALUE / 2.0);
    }

    void begin(long now) {
        lastRound = OptionalLong.of(now);
    }

    /** From now on it must be heard. */
    void monitor(String watcher, int pid, long now) {
        monitored.put(pid, new Monitored(watcher, now));
    }

    boolean isMonitored(int pid) {
        return monitored.containsKey(pid);
    }

    void forget(int pid) {
        monitored.remove(pid);
    }

    int size() {
        return monitored.size();
    }

    /**
     * All that are silent for too long by now; they are forgotten.
     *
     * @param heard when the others were heard
     */
    List<Silent> round(Map<Integer, Long> heard, long now) {
        heard.forEach((pid, time) -> {
            Monitored one = monitored.get(pid);
            if (one != null) {
                one.lastHeard = Math.max(one.lastHeard, time);
            }
        });
        long late = lastRound.isPresent() ? now - lastRound.getAsLong() - roundNanos : 0;
        lastRound = OptionalLong.of(now);
        List<Silent> silent = new ArrayList<>();
        Iterator<Map.Entry<Integer, Monitored>> all = monitored.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Integer, Monitored> each = all.next();
            Monitored one = each.getValue();
            if (late > roundNanos / 2) {
                one.lastHeard += Math.min(late, now - one.lastHeard);
            }
            if (now - one.lastHeard > mostNanos) {
                silent.add(new Silent(one.watcher, each.getKey()));
                all.remove();
            }
        }
        return silent;
    }
}
