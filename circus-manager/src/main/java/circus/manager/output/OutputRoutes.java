package circus.manager.output;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import papa.wire.Frame.Channel;

/** Which watcher's channel goes where. Immutable; a change is a new table, given to {@link OutputPump#routes}. */
public record OutputRoutes(Map<Source, OutputRoute> table) {
    /** @param watcher its name in lower case, as in the names of its processes */
    public record Source(String watcher, Channel channel) {
        public Source {
            watcher = watcher.toLowerCase(Locale.ROOT);
        }
    }

    public OutputRoutes {
        table = Map.copyOf(table);
    }

    /** No watcher has a stream. */
    public static OutputRoutes none() {
        return new OutputRoutes(Map.of());
    }

    public OutputRoutes with(String watcher, Channel channel, OutputRoute route) {
        Map<Source, OutputRoute> changed = new HashMap<>(table);
        changed.put(new Source(watcher, channel), route);
        return new OutputRoutes(changed);
    }

    /** The route that was given for this channel, if any. */
    Optional<OutputRoute> given(String watcher, Channel channel) {
        return Optional.ofNullable(table.get(new Source(watcher, channel)));
    }
}
