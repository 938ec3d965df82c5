package circus.plugins;

import circus.message.EventKind;
import circus.options.OptionValues;
import circus.options.PluginClass;
import circus.options.PluginOptions;
import circus.plugin.Plugin;
import circus.plugin.PluginCallException;
import circus.plugin.PluginContext;
import circus.plugin.PluginEvent;
import circus.plugin.PluginTimer;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Restarts a watcher when the file of its command has changed: it was written, or is another one, as behind a link. A file that is missing
 * is waited for. What is stopped stays so.
 *
 * <p>circusd is asked for the command of a watcher only when an event has told that it may be another, so many watchers cost little.
 */
public final class CommandReloader implements Plugin {
    private static final System.Logger LOG = System.getLogger(CommandReloader.class.getName());
    private static final String PLUGINS = "plugin:";

    private final Map<String, Watched> watched = new HashMap<>();

    /** Of whose command nothing is known any more. */
    private final Set<String> doubtful = new HashSet<>();

    private String ownPath = "";

    /** A file, and how it looked when it was last there. */
    private static final class Watched {
        private final CommandFile file;
        private Optional<CommandFile.Print> last;

        private Watched(CommandFile file) {
            this.file = file;
            this.last = file.look();
        }
    }

    @Override
    public void start(PluginContext circus) throws Exception {
        OptionValues options = PluginClass.COMMAND_RELOADER.read(circus.config());
        ownPath = Optional.ofNullable(System.getenv("PATH")).orElse("");
        if (circus.call("status", Map.of()).get("statuses") instanceof Map<?, ?> statuses) {
            statuses.keySet().forEach(name -> doubt(name.toString()));
        }
        settle(circus);
        PluginTimer unused =
                circus.every(Seconds.of(options.get(PluginOptions.RELOADER_LOOP_RATE)), () -> round(circus));
    }

    private void doubt(String watcher) {
        if (!watcher.startsWith(PLUGINS)) {
            doubtful.add(watcher);
        }
    }

    @Override
    public void event(PluginEvent event) {
        EventKind kind = EventKind.find(event.action()).orElse(null);
        if (kind == EventKind.ADD
                || kind == EventKind.REMOVE
                || kind == EventKind.UPDATED
                || kind == EventKind.SPAWN
                || kind == EventKind.STOP) {
            doubt(event.watcher());
        }
    }

    private void round(PluginContext circus) throws PluginCallException, InterruptedException {
        settle(circus);
        for (Map.Entry<String, Watched> each : new ArrayList<>(watched.entrySet())) {
            Watched one = each.getValue();
            Optional<CommandFile.Print> now = one.file.look();
            if (now.isEmpty() || now.equals(one.last)) {
                continue;
            }
            boolean wasThere = one.last.isPresent();
            one.last = now;
            if (wasThere && isActive(circus, each.getKey())) {
                LOG.log(
                        Level.INFO,
                        "{0} has changed: {1} is restarted",
                        now.get().real(),
                        each.getKey());
                circus.cast("restart", Map.of("name", each.getKey(), "match", "simple"));
            }
        }
    }

    /** Asks for the commands of which nothing is known any more. The file of another command is looked at for the first time. */
    private void settle(PluginContext circus) throws PluginCallException, InterruptedException {
        List<String> all = List.copyOf(doubtful);
        doubtful.clear();
        for (String watcher : all) {
            Map<String, @Nullable Object> reply = circus.call("options", Map.of("name", watcher));
            Optional<CommandFile> file = reply.get("options") instanceof Map<?, ?> options
                    ? CommandFile.of(options, ownPath)
                    : Optional.empty();
            Watched before = watched.get(watcher);
            if (file.isEmpty()) {
                watched.remove(watcher);
            } else if (before == null || !before.file.equals(file.get())) {
                watched.put(watcher, new Watched(file.get()));
            }
        }
    }

    private static boolean isActive(PluginContext circus, String watcher)
            throws PluginCallException, InterruptedException {
        Object status = circus.call("status", Map.of("name", watcher)).get("status");
        return "active".equals(status) || "starting".equals(status);
    }

    /** How many files are looked at. */
    int size() {
        return watched.size();
    }
}
