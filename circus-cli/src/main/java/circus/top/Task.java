package circus.top;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to the command endpoint. A value.
 *
 * @param label what it does, in words that follow "cannot"
 */
record Task(Kind kind, String label, String command, Map<String, @Nullable Object> properties) {
    enum Kind {
        /** Changes something. */
        CHANGE,
        /** Asks for output. */
        TAIL
    }
}
