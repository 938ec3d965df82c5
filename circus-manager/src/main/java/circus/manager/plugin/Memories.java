package circus.manager.plugin;

import circus.manager.watcher.Watcher;
import circus.message.Json;
import circus.plugin.PluginContext;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What plugins on threads of circusd keep for those that come after them: part of what is remembered of their watchers, so it outlives what
 * that does, and goes with it. Used on circus-loop.
 */
final class Memories {
    private static final System.Logger LOG = System.getLogger(Memories.class.getName());

    /** In bytes, of all plugins: papa has room for 4 MiB of values, and refuses all that is told it at once when one is too much. */
    private static final long MOST = 1024 * 1024;

    private final Supplier<List<Watcher>> watchers;
    private final Executor loop;

    /** In bytes. */
    private final Map<Watcher, Integer> sizes = new HashMap<>();

    /** Those of which it was told that there is no room. */
    private final Set<Watcher> refused = new HashSet<>();

    /**
     * @param watchers those that there are
     * @param loop runs tasks on circus-loop
     */
    Memories(Supplier<List<Watcher>> watchers, Executor loop) {
        this.watchers = watchers;
        this.loop = loop;
    }

    /** What the plugin that is about to be started finds. */
    String of(Watcher plugin) {
        String text = plugin.memory();
        int bytes = size(text);
        if (bytes > PluginContext.MOST_REMEMBERED) {
            LOG.log(
                    Level.WARNING,
                    "cannot use what {0} has remembered: {1} bytes are more than {2}; it begins with nothing",
                    plugin.name(),
                    String.valueOf(bytes),
                    String.valueOf(PluginContext.MOST_REMEMBERED));
            plugin.remember("");
            return "";
        }
        sizes.put(plugin, bytes);
        return text;
    }

    /** Takes what it remembers, on any thread, and does not wait: of what comes faster than circus-loop takes it the last counts. */
    Consumer<String> keeper(Watcher plugin) {
        AtomicReference<@Nullable String> latest = new AtomicReference<>();
        return text -> {
            if (latest.getAndSet(text) == null) {
                loop.execute(() -> {
                    String last = latest.getAndSet(null);
                    if (last != null) {
                        keep(plugin, last);
                    }
                });
            }
        };
    }

    private void keep(Watcher plugin, String text) {
        List<Watcher> all = watchers.get();
        if (!all.contains(plugin)) {
            return; // it was removed meanwhile
        }
        sizes.keySet().retainAll(all);
        refused.retainAll(all);
        int bytes = size(text);
        long others = sizes.entrySet().stream()
                .filter(each -> each.getKey() != plugin)
                .mapToLong(Map.Entry::getValue)
                .sum();
        if (others + bytes > MOST) {
            if (refused.add(plugin)) {
                LOG.log(
                        Level.WARNING,
                        "cannot remember {0} bytes for {1}: other plugins have {2} remembered, and all together may have {3};"
                                + " what it had before stays until there is room",
                        String.valueOf(bytes),
                        plugin.name(),
                        String.valueOf(others),
                        String.valueOf(MOST));
            }
            return;
        }
        refused.remove(plugin);
        sizes.put(plugin, bytes);
        plugin.remember(text);
    }

    private static int size(String text) {
        return text.isEmpty() ? 0 : Json.write(text).length();
    }
}
