package circus.manager.output;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import papa.wire.Frame.Channel;

/**
 * Which watcher's channel goes where. Immutable; a change is a new table, given to {@link OutputPump#routes}.
 *
 * @param table in an order that counts: where two streams have one file, the last one says how it is looked after
 * @param spellings the names of watchers as configured, by their names in lower case
 */
public record OutputRoutes(Map<Source, OutputRoute> table, Map<String, String> spellings) {
    /** @param watcher its name in lower case, as in the names of its processes */
    public record Source(String watcher, Channel channel) {
        public Source {
            watcher = watcher.toLowerCase(Locale.ROOT);
        }
    }

    public OutputRoutes {
        table = Collections.unmodifiableMap(new LinkedHashMap<>(table));
        spellings = Map.copyOf(spellings);
    }

    /** No watcher has a stream. */
    public static OutputRoutes none() {
        return new OutputRoutes(Map.of(), Map.of());
    }

    public OutputRoutes with(String watcher, Channel channel, OutputRoute route) {
        Map<Source, OutputRoute> changed = new LinkedHashMap<>(table);
        Map<String, String> names = new HashMap<>(spellings);
        Source source = new Source(watcher, channel);
        changed.put(source, route);
        names.put(source.watcher(), watcher);
        return new OutputRoutes(changed, names);
    }

    /** The name of a watcher as it is configured. */
    String spelling(String watcher) {
        return spellings.getOrDefault(watcher, watcher);
    }

    /** The route that was given for this channel, if any. */
    Optional<OutputRoute> given(String watcher, Channel channel) {
        return Optional.ofNullable(table.get(new Source(watcher, channel)));
    }
}
