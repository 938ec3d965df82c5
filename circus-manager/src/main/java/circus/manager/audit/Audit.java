package circus.manager.audit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the lines of the audit go. Any thread; never waits for a disk. */
public interface Audit extends AutoCloseable {
    /** Nowhere. */
    Audit NONE = fields -> {};

    /** @param fields one line, in this order: texts, numbers, null for what is not known, and {@link Discretion#shown} properties */
    void tell(Map<String, @Nullable Object> fields);

    /** What was told so far is written, if the disk takes it within a moment. */
    @Override
    default void close() {}
}
