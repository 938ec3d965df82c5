package circus.top;

import circus.message.Json;
import circus.message.JsonException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One message of the feed. A value; any thread.
 *
 * <p>What it is about is told by its keys, not by the number of dots in its topic: a name may have dots itself (those are not shown by
 * Circus's own circus-top).
 *
 * @param group the watcher as topics have it: in lower case, blanks as {@code _}; {@code circus} for the daemons
 */
record StatMessage(Kind kind, String group, Map<String, @Nullable Object> fields) {
    static final String DAEMONS = "circus";
    static final String SOCKETS_GROUP = "sockets";

    /** Begins every topic of the feed. */
    static final String PREFIX = "stat.";

    enum Kind {
        /** Figures of one process. */
        PROCESS,
        /** Those of all processes of a watcher together, after them. */
        GROUP,
        /** One socket's hits. */
        SOCKET,
        /** Those of all sockets together. */
        SOCKETS
    }

    /** @return nothing for what is no message of a statistics feed */
    static Optional<StatMessage> read(String topic, byte[] body) {
        if (!topic.startsWith(PREFIX)) {
            return Optional.empty();
        }
        Map<String, @Nullable Object> fields;
        try {
            fields = Json.readObject(body);
        } catch (JsonException broken) {
            return Optional.empty();
        }
        // The circusd-stats of Circus has two spellings of one watcher, before and after its first restart.
        String name = topic.substring(PREFIX.length()).replace(' ', '_');
        if (fields.containsKey("addresses")) {
            return Optional.of(new StatMessage(Kind.SOCKETS, SOCKETS_GROUP, fields));
        }
        if (fields.get("fd") instanceof Long && fields.get("reads") instanceof Number) {
            return Optional.of(new StatMessage(Kind.SOCKET, SOCKETS_GROUP, fields));
        }
        if (fields.get("pid") instanceof List<?>) {
            return Optional.of(new StatMessage(Kind.GROUP, name, fields));
        }
        int dot = name.lastIndexOf('.');
        if (dot > 0 && name.substring(dot + 1).equals(String.valueOf(fields.get("pid")))) {
            return Optional.of(new StatMessage(Kind.PROCESS, name.substring(0, dot), fields));
        }
        return Optional.empty();
    }
}
