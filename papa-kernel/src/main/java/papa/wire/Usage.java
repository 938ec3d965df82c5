package papa.wire;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a process has used in its life, as wait4(2) tells when it is reaped: of itself, and of those descendants that it, or another of
 * them, has waited for. Values only; one declaration for both ends of the wire.
 *
 * @param userMicros processor time in programs, microseconds
 * @param systemMicros processor time in Linux on their behalf, microseconds
 * @param mostKib the most memory that was resident at once, of the one process that had most; KiB
 * @param isExact whether it was that much; if not, it was that much or less. Linux counts for a process what its memory was before
 *     the exec, too, and that is the kernel's own
 */
public record Usage(long userMicros, long systemMicros, long mostKib, boolean isExact) {
    private static final String USER = "user";
    private static final String SYSTEM = "system";
    private static final String MOST = "maxrss";
    private static final String NOT_MORE = "maxrssbelow";

    /** As {@code list processes} and the frame {@code exit} have it. */
    public String words() {
        return USER + "=" + userMicros + " " + SYSTEM + "=" + systemMicros + " " + (isExact ? MOST : NOT_MORE) + "="
                + mostKib;
    }

    /** From the {@code key=value} words of a line, whatever else there is; null where it is not told, or makes no sense. */
    public static @Nullable Usage of(Map<String, String> fields) {
        boolean isExact = fields.containsKey(MOST);
        long user = number(fields.get(USER));
        long system = number(fields.get(SYSTEM));
        long most = number(fields.get(isExact ? MOST : NOT_MORE));
        return user < 0 || system < 0 || most < 0 ? null : new Usage(user, system, most, isExact);
    }

    private static long number(@Nullable String word) {
        try {
            return word == null ? -1 : Long.parseLong(word);
        } catch (NumberFormatException none) {
            return -1;
        }
    }
}
