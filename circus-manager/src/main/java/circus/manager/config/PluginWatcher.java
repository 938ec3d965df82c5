package circus.manager.config;

import circus.options.Option;
import circus.options.OptionFamily;
import circus.options.PluginOptions;
import circus.options.WatcherOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

    /** What a plugin cannot choose, since there is one of it, and how it is started is circusd's business. */
    static final Set<Option<?>> NOT_ITS_OWN = Set.of(
            WatcherOptions.CMD,
            WatcherOptions.ARGS,
            WatcherOptions.SHELL,
            WatcherOptions.SHELL_ARGS,
            WatcherOptions.EXECUTABLE,
            WatcherOptions.NUMPROCESSES,
            WatcherOptions.SINGLETON,
            WatcherOptions.ON_DEMAND,
            WatcherOptions.STDIN_SOCKET,
            WatcherOptions.CLOSE_CHILD_STDIN);

    /** What has a meaning for a thread of circusd, too. */
    static final Set<Option<?>> OF_THREADS = Set.of(
            WatcherOptions.PRIORITY,
            WatcherOptions.AUTOSTART,
            WatcherOptions.RESPAWN,
            WatcherOptions.MAX_RETRY,
            WatcherOptions.GRACEFUL_TIMEOUT,
            WatcherOptions.WARMUP_DELAY,
            WatcherOptions.MAX_AGE,
            WatcherOptions.MAX_AGE_VARIANCE,
            WatcherOptions.BACKOFF,
            WatcherOptions.BACKOFF_MAX,
            WatcherOptions.HOOK_TIMEOUT);

    static final OptionFamily OF_THREADS_TOO = WatcherOptions.HOOKS;

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

    /** Whether an option is about what a plugin writes its commands to. */
    static boolean isOfCommands(String key) {
        return WatcherOptions.STDOUT_STREAM.covers(key) || key.equals(WatcherOptions.CLOSE_CHILD_STDOUT.key());
    }

    /** Why an option of a watcher cannot be changed while its plugin runs; empty where it can be, or it is no plugin. */
    static Optional<String> obstacle(WatcherConfig watcher, String key) {
        Optional<Kind> kind = kind(watcher);
        if (kind.isEmpty()) {
            return Optional.empty();
        }
        Optional<Option<?>> option = WatcherOptions.ALL.stream()
                .filter(each -> each.key().equals(key))
                .findFirst();
        if (option.isPresent() && NOT_ITS_OWN.contains(option.get())) {
            return Optional.of("a plugin is one, and started by circusd as its section says");
        }
        if (isSpokenTo(kind.get()) && isOfCommands(key)) {
            return Optional.of("what the program writes to its standard output are commands");
        }
        boolean isOfFamily = WatcherOptions.FAMILIES.stream()
                .anyMatch(family -> family.covers(key) && !family.equals(OF_THREADS_TOO));
        boolean isOfProcesses = isOfFamily || (option.isPresent() && !OF_THREADS.contains(option.get()));
        return kind.get() == Kind.THREAD && isOfProcesses
                ? Optional.of("the plugin is a thread of circusd; with process = true it is a process of its own")
                : Optional.empty();
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
