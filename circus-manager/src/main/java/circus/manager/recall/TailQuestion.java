package circus.manager.recall;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What one request asks to be shown.
 *
 * @param watchers the names of those that there are
 * @param stderrOnly leave out standard output
 * @param lines at most so many, the last ones; empty for all. Only where there is no cursor
 * @param sinceMicros nothing older; empty for all. Only where there is no cursor
 * @param follows whether more is to come: then a line waits for its end
 * @param cursor where to go on; null to begin
 * @param waitNanos how long to wait for something to show
 */
public record TailQuestion(
        Selection selection,
        List<String> watchers,
        boolean stderrOnly,
        OptionalLong lines,
        OptionalLong sinceMicros,
        boolean follows,
        @Nullable TailCursor cursor,
        long waitNanos) {}
