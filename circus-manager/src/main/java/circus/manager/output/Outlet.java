package circus.manager.output;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a {@link PacedSink} writes to, and which may take its time. Called on the sink's own thread alone. */
interface Outlet {
    /**
     * Takes all of it; as long as that fails for now, it tries again, until it is interrupted.
     *
     * @throws IOException if nobody will take anything any more
     */
    void write(Staging.Taken taken) throws IOException, InterruptedException;

    /** Nothing more comes. */
    default void close() {}

    /** Where it leads, for people; empty if the sink has a name that says so. */
    default String title() {
        return "";
    }

    /** Why it does not take anything at present; null if it does, or nobody knows. Any thread. */
    default @Nullable String trouble() {
        return null;
    }

    /** How often it failed so far; any thread. */
    default long failures() {
        return 0;
    }
}
