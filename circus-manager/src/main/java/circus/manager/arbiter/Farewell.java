package circus.manager.arbiter;

import circus.manager.watcher.Watcher;
import java.util.List;

/**
 * How the daemon ends: what is left to do once the watchers are settled.
 *
 * @param kind what ends it
 * @param terminate everything goes, whatever {@code use_papa} says, and the kernel with it
 * @param staying the watchers whose processes run on
 */
public record Farewell(Kind kind, boolean terminate, List<Watcher> staying) {
    /** What ends the daemon. */
    public enum Kind {
        QUIT,
        DETACH,
        /** Another circusd takes this one's place, and this one waits to see how that goes. */
        HAND_OVER
    }

    public Farewell {
        staying = List.copyOf(staying);
    }
}
