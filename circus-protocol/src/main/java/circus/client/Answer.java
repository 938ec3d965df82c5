package circus.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A manager's reply as a client sees it. A value; any thread.
 *
 * @param fields all keys of the reply, in the order in which they came
 */
public record Answer(Map<String, @Nullable Object> fields) {
    /** Copies the fields. */
    public Answer {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** Whether it was refused, or has failed. */
    public boolean isError() {
        return "error".equals(fields.get("status"));
    }

    /** Why the manager refused; empty when it did not say, or did not refuse. */
    public String reason() {
        return fields.get("reason") instanceof String reason ? reason : "";
    }
}
