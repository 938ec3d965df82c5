package circus.manager.watcher;

import circus.manager.kernel.Exit;
import circus.manager.kernel.Launched;

/**
 * A process that runs on though its watcher was removed: nobody minds it any more but to tell its end.
 *
 * @param watcher the key of that watcher: its name in lower case
 * @param name as it was written, where that is known
 * @param wid the worker number
 */
public record LeftAlone(String watcher, String name, int wid, Launched process) {
    /** For those who want to know why it has ended; nobody of us has asked for it. */
    public Death died(Exit exit) {
        return new Death(
                name,
                wid,
                process.pid(),
                process.incarnation(),
                process.started(),
                exit.time(),
                exit.code(),
                ExitReason.LEFT.word(),
                "",
                "",
                exit.usage());
    }
}
