package circus.manager.plugin;

import circus.manager.watcher.Watcher;
import circus.message.Json;
import circus.plugin.PluginContext;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** What they would have remembered if there were room, the last of each; it was told that there is none. */
    private final Map<Watcher, String> refused = new LinkedHashMap<>();

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
        // The one that begins does not know what the one before it could not remember.
        refused.remove(plugin);
        forgetGone();
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
            sizes.remove(plugin);
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
        review();
        if (!watchers.get().contains(plugin)) {
            return; // it was removed meanwhile
        }
        forgetGone();
        if (fits(plugin, text)) {
            store(plugin, text);
            review();
        } else if (refused.put(plugin, text) == null) {
            LOG.log(
                    Level.WARNING,
                    "cannot remember {0} bytes for {1}: other plugins have {2} remembered, and all together may have {3};"
                            + " what it had before stays until there is room",
                    String.valueOf(size(text)),
                    plugin.name(),
                    String.valueOf(others(plugin)),
                    String.valueOf(MOST));
        }
    }

    /** Where others have fewer remembered, or are gone, there may be room for what was refused. */
    void review() {
        if (!refused.isEmpty()) {
            storeRefused();
        }
    }

    private void storeRefused() {
        forgetGone();
        // What is stored may be shorter than what was there before.
        for (int before = -1; before != refused.size(); ) {
            before = refused.size();
            new LinkedHashMap<>(refused).forEach((plugin, text) -> {
                if (fits(plugin, text)) {
                    store(plugin, text);
                }
            });
        }
    }

    private void forgetGone() {
        List<Watcher> all = watchers.get();
        sizes.keySet().retainAll(all);
        refused.keySet().retainAll(all);
    }

    private void store(Watcher plugin, String text) {
        refused.remove(plugin);
        sizes.put(plugin, size(text));
        plugin.remember(text);
    }

    private boolean fits(Watcher plugin, String text) {
        return others(plugin) + size(text) <= MOST;
    }

    private long others(Watcher plugin) {
        return sizes.entrySet().stream()
                .filter(each -> each.getKey() != plugin)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private static int size(String text) {
        return text.isEmpty() ? 0 : Json.write(text).length();
    }
}
