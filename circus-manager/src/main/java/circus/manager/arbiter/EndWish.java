package circus.manager.arbiter;

import circus.manager.watcher.Outcome;
import java.util.List;

/**
 * An end of the manager that was asked for and has not come: whoever manages next goes on with it.
 *
 * @param detach everything else stays as it is
 * @param terminate else: what has {@code use_papa} is stopped, too
 * @param waiting who is to be told when it has come
 */
public record EndWish(boolean detach, boolean terminate, List<Outcome> waiting) {
    public EndWish {
        waiting = List.copyOf(waiting);
    }
}
