package circus.manager.watcher;

import circus.manager.config.CommandLine;
import circus.manager.config.CommandLineException;
import circus.manager.config.WatcherConfig;
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
import java.util.stream.Collectors;

/**
 * Makes of a watcher's configuration what the kernel needs to start one of its workers. Immutable; any thread may use it.
 *
 * <p>The annotations stay with the process for the manager that comes next: {@code wid}, the {@code digest} of the configuration, and how
 * it wants to be ended, in case that its section is gone from the file by then.
 */
public final class Launcher {
    public static final String WID = "wid";
    public static final String DIGEST = "digest";

    private final WatcherConfig config;
    private final CommandLine commandLine;
    private final String digest;
    private final Map<String, Integer> socketNumbers = new HashMap<>();
    private final List<String> socketNames;
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
        sockets.forEach((name, place) -> socketNumbers.put(name, place.descriptor()));
        this.socketNames = config.options().get(WatcherOptions.USE_SOCKETS)
                ? commandLine.sockets().stream().filter(sockets::containsKey).toList()
                : List.of();
        this.stdinSocket = config.stdinSocket().filter(sockets::containsKey);
        this.digest = config.digest()
                + socketNames.stream()
                        .map(name -> Objects.requireNonNull(sockets.get(name)))
                        .map(place -> "/" + place.descriptor() + "@" + place.address())
                        .collect(Collectors.joining())
                + stdinSocket
                        .map(name -> Objects.requireNonNull(sockets.get(name)))
                        .map(place -> "/stdin@" + place.address())
                        .orElse("")
                + mask.map(bits -> "/umask=" + Integer.toOctalString(bits)).orElse("");
    }

    /** The held sockets that its workers inherit. */
    public List<String> socketNames() {
        return socketNames;
    }

    String digest() {
        return digest;
    }

    LaunchSpec launch(String watcher, int number) throws CommandLineException {
        return new LaunchSpec(
                watcher + "." + number,
                commandLine.argv(number, socketNumbers),
                config.environment(),
                config.workingDirectory(),
                searchPath,
                socketNames,
                !config.options().get(WatcherOptions.CLOSE_CHILD_STDOUT),
                !config.options().get(WatcherOptions.CLOSE_CHILD_STDERR),
                annotations(number),
                attributes());
    }

    private LaunchAttributes attributes() {
        OptionValues options = config.options();
        return new LaunchAttributes(
                options.get(WatcherOptions.UID),
                options.get(WatcherOptions.GID),
                config.limits(),
                mask,
                stdinSocket,
                stdinSocket.isEmpty() && !options.get(WatcherOptions.CLOSE_CHILD_STDIN),
                options.get(WatcherOptions.EXECUTABLE));
    }

    private Map<String, String> annotations(int number) {
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put(WID, Integer.toString(number));
        annotations.put(DIGEST, digest);
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
