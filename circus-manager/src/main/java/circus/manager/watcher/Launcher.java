package circus.manager.watcher;

import circus.manager.config.CommandLine;
import circus.manager.config.CommandLineException;
import circus.manager.config.PluginWatcher;
import circus.manager.config.WatcherConfig;
import circus.manager.kernel.KernelPort;
import circus.manager.kernel.LaunchAttributes;
import circus.manager.kernel.LaunchSpec;
import circus.options.Option;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes of a watcher's configuration what the kernel needs to start one of its workers. Immutable; any thread may use it.
 *
 * <p>The annotations stay with the process for the manager that comes next: {@code wid}, the {@code digest} of the configuration, and how
 * it wants to be ended, in case that its section is gone from the file by then.
 */
public final class Launcher {
    public static final String WID = "wid";
    public static final String DIGEST = "digest";

    /** On a process that was left to itself, which no manager minds any more. */
    public static final String LEFT = KernelPort.LEFT;

    /** On what is no process, but a thread of circusd: of what kind. */
    public static final String RESIDENT = "resident";

    /** On what is a plugin and a process: of what kind. */
    public static final String PLUGIN = "plugin";

    /** Where workers have sockets of their own: the number of the slot. */
    public static final String SLOT = "slot";

    private final WatcherConfig config;
    private final CommandLine commandLine;
    private final String digest;
    private final Map<String, Integer> socketNumbers = new HashMap<>();
    private final List<String> inherited;
    private final Map<String, Map<String, String>> slots = new TreeMap<>();
    private final Optional<String> stdinSocket;
    private final String searchPath;
    private final Optional<Integer> mask;

    /**
     * @param sockets all held sockets, by name in lower case
     * @param daemonPath circusd's own PATH, for workers whose environment has none
     */
    public Launcher(WatcherConfig config, Map<String, SocketPlace> sockets, String daemonPath) {
        this(config, sockets, daemonPath, Optional.empty());
    }

    /** @param mask the file mode mask of all workers; empty for the kernel's own */
    public Launcher(WatcherConfig config, Map<String, SocketPlace> sockets, String daemonPath, Optional<Integer> mask) {
        this.config = config;
        this.mask = mask;
        this.commandLine = config.commandLine();
        this.searchPath = config.environment().getOrDefault("PATH", daemonPath);
        sockets.forEach((name, place) -> {
            if (place.descriptor() >= 0) {
                socketNumbers.put(name, place.descriptor());
            }
        });
        this.inherited =
                config.inheritedSockets().stream().filter(sockets::containsKey).toList();
        this.stdinSocket = config.stdinSocket().filter(sockets::containsKey);
        for (String name : socketNames()) {
            place(name, sockets).slots().ifPresent(each -> slots.put(name, each));
        }
        this.digest = config.digest()
                + inherited.stream()
                        .map(name -> "/" + place(name, sockets).print())
                        .collect(Collectors.joining())
                + stdinSocket
                        .map(name -> "/stdin@" + place(name, sockets).address())
                        .orElse("")
                + mask.map(bits -> "/umask=" + Integer.toOctalString(bits)).orElse("");
    }

    private static SocketPlace place(String name, Map<String, SocketPlace> sockets) {
        return Objects.requireNonNull(sockets.get(name));
    }

    /** The sockets that its workers have, standard input included. */
    public List<String> socketNames() {
        return Stream.concat(inherited.stream(), stdinSocket.stream())
                .distinct()
                .toList();
    }

    /** Those of them of which each worker slot has one of its own, with the options by which it is made. */
    Map<String, Map<String, String>> slots() {
        return slots;
    }

    String digest() {
        return digest;
    }

    LaunchSpec launch(String watcher, int number) throws CommandLineException {
        return launch(watcher, number, WorkerSlots.Slot.NONE);
    }

    LaunchSpec launch(String watcher, int number, WorkerSlots.Slot slot) throws CommandLineException {
        Map<String, Integer> numbers = new HashMap<>(socketNumbers);
        numbers.putAll(slot.descriptors());
        UnaryOperator<String> held =
                name -> slots.containsKey(name) ? SocketPlace.nameOfSlot(name, watcher, slot.number()) : name;
        return new LaunchSpec(
                watcher + "." + number,
                commandLine.argv(number, numbers),
                config.environment(),
                config.workingDirectory(),
                searchPath,
                inherited.stream().map(held).toList(),
                !config.options().get(WatcherOptions.CLOSE_CHILD_STDOUT),
                !config.options().get(WatcherOptions.CLOSE_CHILD_STDERR),
                annotations(number, slot),
                attributes(stdinSocket.map(held)));
    }

    private LaunchAttributes attributes(Optional<String> stdin) {
        OptionValues options = config.options();
        return new LaunchAttributes(
                options.get(WatcherOptions.UID),
                options.get(WatcherOptions.GID),
                config.limits(),
                mask,
                stdin,
                stdin.isEmpty() && !options.get(WatcherOptions.CLOSE_CHILD_STDIN),
                options.get(WatcherOptions.EXECUTABLE));
    }

    private Map<String, String> annotations(int number, WorkerSlots.Slot slot) {
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put(WID, Integer.toString(number));
        annotations.put(DIGEST, digest);
        if (slot.number() > 0) {
            annotations.put(SLOT, Integer.toString(slot.number()));
        }
        config.residentKind()
                .ifPresentOrElse(
                        kind -> annotations.put(RESIDENT, kind),
                        () -> PluginWatcher.kind(config).ifPresent(kind -> annotations.put(PLUGIN, kind.name())));
        annotate(WatcherOptions.STOP_SIGNAL, annotations);
        annotate(WatcherOptions.GRACEFUL_TIMEOUT, annotations);
        annotate(WatcherOptions.STOP_CHILDREN, annotations);
        return annotations;
    }

    private <T> void annotate(Option<T> option, Map<String, String> annotations) {
        T value = config.options().get(option);
        if (!value.equals(option.byDefault())) {
            annotations.put(option.key(), option.type().text(value));
        }
    }
}
