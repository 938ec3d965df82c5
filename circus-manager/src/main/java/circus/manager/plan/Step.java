package circus.manager.plan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happens to one watcher or one socket. A value. */
public sealed interface Step permits WatcherStep, SocketStep {
    /** What happens to processes, or to a socket. */
    enum Kind {
        /** No process is touched; changed keys are applied all the same. */
        KEEP,
        /** A socket is opened. */
        START,
        /** A socket is closed. */
        STOP,
        /** New processes take the place of the old ones. A socket is closed and opened anew. */
        RESTART,
        /** Processes are added or taken away. */
        RESIZE,
        /** The processes get SIGHUP. */
        SIGNAL
    }

    /** {@code watcher} or {@code socket}. */
    String subject();

    Kind kind();

    String name();

    List<ChangedKey> changes();

    /** What else there is to say about why: one sentence each, without a full stop. */
    List<String> reasons();

    /** Whether there is nothing to do, not even to take over a value. */
    default boolean isNothing() {
        return kind() == Kind.KEEP && changes().isEmpty() && reasons().isEmpty();
    }

    /** The word for people: of a socket {@code open}, {@code close} and {@code reopen}. */
    String word();

    default Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("subject", subject());
        json.put("name", name());
        json.put("action", kind().name().toLowerCase(Locale.ROOT));
        json.put("changes", changes().stream().map(ChangedKey::toJson).toList());
        json.put("reasons", reasons());
        return json;
    }
}
