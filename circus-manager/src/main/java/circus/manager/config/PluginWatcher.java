package circus.manager.config;

import circus.options.PluginOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The watcher that there is for each {@code [plugin:NAME]} section, and how it says what the plugin is. It tells so in {@link
 * WatcherConfig#declared}, so that whoever changes a section has the plugin restarted. Pure functions; any thread.
 */
public final class PluginWatcher {
    /** In front of the names of sections, and of their watchers. */
    public static final String PREFIX = "plugin:";

    /** By what the worker of such a watcher is driven. */
    public enum Kind {
        /** A Java class on a thread of circusd. */
        THREAD,
        /** A Java class in a process, by circus-plugin. */
        PROCESS,
        /** A program that is spoken to in lines of JSON. */
        PROGRAM,
        /** A Python class in a process that is spoken to in lines of JSON. */
        PYTHON;

        String word() {
            return "plugin " + name().toLowerCase(Locale.ROOT);
        }
    }

    /** The word for a worker that is a thread. */
    public static final String RESIDENT = Kind.THREAD.word();

    /** The class of the stream that takes the standard output of programs: what they write there are commands. */
    public static final String COMMANDS = "circus.plugin.commands";

    /** Its option: the name of the watcher. */
    public static final String COMMANDS_OF = "plugin";

    private static final String OPTION = "plugin.";

    private PluginWatcher() {}

    /** What kind of plugin it is; empty where it is none. */
    public static Optional<Kind> kind(WatcherConfig watcher) {
        String word = watcher.declared().getOrDefault(WatcherConfig.MADE_BY_CIRCUSD, "");
        return List.of(Kind.values()).stream()
                .filter(kind -> kind.word().equals(word))
                .findFirst();
    }

    /** The class or program. */
    public static String use(WatcherConfig watcher) {
        return watcher.extras().getOrDefault(PluginOptions.USE.key(), "");
    }

    /** What the plugin is told of its section. */
    public static Map<String, String> config(WatcherConfig watcher) {
        Map<String, String> config = new LinkedHashMap<>(watcher.extras());
        config.remove(PluginOptions.USE.key());
        return config;
    }

    /** Whether its standard input and output are lines of JSON. */
    static boolean isSpokenTo(Kind kind) {
        return kind == Kind.PROGRAM || kind == Kind.PYTHON;
    }

    /** A watcher whose section says this. */
    static WatcherConfig of(WatcherConfig plain, Kind kind, Map<String, String> written, Map<String, String> meant) {
        Map<String, String> declared = new LinkedHashMap<>(plain.declared());
        declared.put(WatcherConfig.MADE_BY_CIRCUSD, kind.word());
        written.forEach((key, text) -> declared.put(OPTION + key, text));
        return new WatcherConfig(
                plain.name(),
                plain.options(),
                plain.environment(),
                meant,
                isSpokenTo(kind)
                        ? Optional.of(new StreamConfig(COMMANDS, Map.of(COMMANDS_OF, plain.name())))
                        : plain.stdout(),
                plain.stderr(),
                plain.limits(),
                plain.hooks(),
                declared);
    }
}
