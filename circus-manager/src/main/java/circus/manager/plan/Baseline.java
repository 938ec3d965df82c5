package circus.manager.plan;

import circus.manager.config.CircusConfig;
import circus.manager.config.ConfigKeys;
import circus.manager.config.SocketConfig;
import circus.manager.config.WatcherConfig;
import circus.options.CircusOptions;
import circus.options.SocketOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration said, as texts by key (see {@link ConfigKeys}): enough to tell what a file has changed since. Immutable; any thread may use it.
 *
 * @param circus of {@code [circus]}
 * @param watchers by name in lower case
 * @param sockets by name
 */
public record Baseline(
        SortedMap<String, String> circus,
        SortedMap<String, SortedMap<String, String>> watchers,
        SortedMap<String, SortedMap<String, String>> sockets) {
    public Baseline {
        circus = Collections.unmodifiableSortedMap(new TreeMap<>(circus));
        watchers = Collections.unmodifiableSortedMap(new TreeMap<>(watchers));
        sockets = Collections.unmodifiableSortedMap(new TreeMap<>(sockets));
    }

    public static Baseline of(CircusConfig config) {
        SortedMap<String, SortedMap<String, String>> watchers = new TreeMap<>();
        for (WatcherConfig watcher : config.watchers()) {
            watchers.put(key(watcher.name()), ConfigKeys.of(watcher));
        }
        SortedMap<String, SortedMap<String, String>> sockets = new TreeMap<>();
        for (SocketConfig socket : config.sockets()) {
            sockets.put(socket.name(), ConfigKeys.of(SocketOptions.ALL, socket.options()));
        }
        return new Baseline(ConfigKeys.of(CircusOptions.ALL, config.options()), watchers, sockets);
    }

    /** The same as if this socket had never been there. */
    public Baseline without(String socket) {
        SortedMap<String, SortedMap<String, String>> left = new TreeMap<>(sockets);
        left.remove(socket);
        return new Baseline(circus, watchers, left);
    }

    static String key(String watcher) {
        return watcher.toLowerCase(Locale.ROOT);
    }

    /** All of it, with the values of environment variables as the file has them. */
    Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("circus", circus);
        json.put("watchers", watchers);
        json.put("sockets", sockets);
        return json;
    }
}
