package circus.manager.watcher;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame;
import papa.wire.Usage;

/**
 * The end of a worker, for those who want to know why.
 *
 * @param watcher its name
 * @param wid the worker number
 * @param code 0 to 255, or minus the number of the signal that ended it, or {@code Frame.Exit.UNKNOWN}
 * @param reason the word of an {@link ExitReason}
 * @param command by which its end was asked for, as a person would write it; empty where nobody has
 * @param by who gave it, for people: {@code uid 1000, pid 4711}; empty where nobody did
 * @param usage what it has used in its life; null where that is not known
 */
public record Death(
        String watcher,
        int wid,
        int pid,
        long incarnation,
        Instant started,
        Instant ended,
        int code,
        String reason,
        String command,
        String by,
        @Nullable Usage usage) {
    /** The code; null where nobody knows it. */
    public @Nullable Integer known() {
        return code == Frame.Exit.UNKNOWN ? null : code;
    }
}
