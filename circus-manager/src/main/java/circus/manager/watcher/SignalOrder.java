package circus.manager.watcher;

import circus.manager.kernel.SignalTarget;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the command signal asks of a watcher.
 *
 * @param pid of the only process that is meant; empty for all that run
 * @param child the only one of the children of those that is to get it; empty to go by {@code target}
 * @param target who of each process gets it
 */
public record SignalOrder(OptionalLong pid, OptionalInt child, SignalTarget target, int signum) {
    /** Whether the process itself gets it, so that its hooks are asked. */
    boolean isForItself() {
        return child.isEmpty() && target != SignalTarget.CHILDREN;
    }
}
