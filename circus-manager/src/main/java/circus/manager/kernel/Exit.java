package circus.manager.kernel;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame;
import papa.wire.Usage;

/**
 * The end of one incarnation.
 *
 * @param code 0 to 255, or minus the number of the signal that ended it, or what stands for none: see {@link #known}
 * @param leftovers how many descendants it left behind
 * @param usage what it has used in its life; null where the kernel does not tell
 */
public record Exit(
        long incarnation,
        int code,
        Instant time,
        int leftovers,
        @Nullable Usage usage) {
    /** One of which nobody knows what it has used. */
    public Exit(long incarnation, int code, Instant time, int leftovers) {
        this(incarnation, code, time, leftovers, null);
    }

    /** As it is once the last descendant that it left behind has gone. */
    public Exit withoutLeftovers() {
        return new Exit(incarnation, code, time, 0, usage);
    }

    /** The code; null where nobody knows it, since the kernel that had started the process was killed. */
    public @Nullable Integer known() {
        return code == Frame.Exit.UNKNOWN ? null : code;
    }
}
