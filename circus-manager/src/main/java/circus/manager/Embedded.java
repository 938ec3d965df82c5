package circus.manager;

import circus.command.spi.Command;
import circus.manager.config.CircusConfig;
import circus.manager.config.ConfigException;
import circus.manager.config.Problem;
import circus.manager.kernel.KernelAddress;
import circus.options.CircusOptions;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import papa.client.PapaException;
import papa.wire.Frame.Channel;

/**
 * A manager inside another program: the entry beside {@link Circusd} from which everything else is the same. What belongs to the process is
 * left to the program: signals, the log, the title, stdout, an exit. {@link circus.library.Circus} is how programs reach this.
 *
 * <p>{@link #serve} is called once, on the thread that becomes circus-loop; any other thread may call {@link #stop}.
 */
public final class Embedded {
    private static final String CIRCUS = "circus";

    /** What another program does in its own way. */
    record Ways(Map<Channel, OutputStream> consoles, List<Command> commands) {}

    /**
     * What is to be run.
     *
     * @param sections options by the names of their sections, as in a file; empty when there is one
     * @param file a configuration file, where there is one
     * @param name what the manager is called in the kernel, where no option says so
     * @param commands that are added, beside those that are found
     * @param environment of the manager: for {@code copy_env}, {@code $(circus.env.X)} and the places that variables name
     * @param output where goes what workers write that have no stream, and with a StdoutStream
     * @param errors the same for stderr
     */
    public record Plan(
            Map<String, Map<String, String>> sections,
            Optional<Path> file,
            String name,
            List<Command> commands,
            Map<String, String> environment,
            OutputStream output,
            OutputStream errors) {}

    /** The manager cannot be started, or cannot go on; the message says why. */
    public static final class FailedException extends Exception {
        private static final long serialVersionUID = 1;

        FailedException(@Nullable String reason) {
            super(reason, null, false, false);
        }
    }

    private final CircusConfig config;
    private final Settings settings;
    private final Map<String, String> environment;
    private final Signals signals = Signals.ofNobody();

    /** Reads the configuration; nothing is started yet. */
    public Embedded(Plan plan) throws FailedException {
        environment = ServiceNotice.without(plan.environment()); // before watchers copy it
        ConfigurationFile.Origin origin =
                plan.file().isPresent() ? again -> CircusConfig.load(plan.file().get(), again) : origin(plan);
        try {
            config = origin.load(environment);
        } catch (ConfigException mistakes) {
            throw new FailedException(
                    plan.file().isPresent()
                            ? mistakes.getMessage()
                            : mistakes.problems().stream().map(Problem::text).collect(Collectors.joining("\n")));
        }
        settings = Settings.embedded(
                config,
                environment,
                origin,
                new Ways(Map.of(Channel.OUT, plan.output(), Channel.ERR, plan.errors()), List.copyOf(plan.commands())));
    }

    /** Whatever the program has left open is where nobody else comes by: Unix sockets beside the kernel's. */
    private static ConfigurationFile.Origin origin(Plan plan) throws FailedException {
        Map<String, Map<String, String>> sections = new LinkedHashMap<>(plan.sections());
        Map<String, String> circus = new LinkedHashMap<>(sections.getOrDefault(CIRCUS, Map.of()));
        String name = circus.computeIfAbsent(CircusOptions.NAME.key(), absent -> plan.name());
        Path kernel;
        try {
            kernel = KernelAddress.of(
                            name,
                            Optional.ofNullable(circus.get(CircusOptions.PAPA_ENDPOINT.key())),
                            plan.environment())
                    .socket();
        } catch (PapaException unusable) {
            throw new FailedException(unusable.getMessage());
        }
        circus.putIfAbsent(CircusOptions.ENDPOINT.key(), beside(kernel, name, "endpoint"));
        circus.putIfAbsent(CircusOptions.PUBSUB_ENDPOINT.key(), beside(kernel, name, "pubsub"));
        if (circus.containsKey(CircusOptions.STATSD.key())) {
            circus.putIfAbsent(CircusOptions.STATS_ENDPOINT.key(), beside(kernel, name, "stats"));
        }
        sections.put(CIRCUS, circus);
        return again -> CircusConfig.of(Path.of(name).toAbsolutePath(), sections, again);
    }

    private static String beside(Path kernel, String name, String what) {
        return "ipc://" + kernel.resolveSibling(name + "." + what);
    }

    /**
     * Manages until the end, on this thread.
     *
     * @param serving called on this thread when commands are taken
     * @return 0 for a wanted end, 1 when the manager could not go on
     */
    public int serve(Runnable serving) throws FailedException {
        try {
            return Tenure.serve(settings, environment, StartReport.to(serving), signals);
        } catch (StartupException cannot) {
            throw new FailedException(cannot.getMessage());
        }
    }

    /** Has it end as SIGTERM has circusd end: workers without {@code use_papa} are stopped. Any thread. */
    public void stop() {
        signals.came("TERM");
    }

    /** What the manager is called in the kernel. */
    public String name() {
        return config.name();
    }

    /** Where commands are taken. */
    public String endpoint() {
        return config.options().get(CircusOptions.ENDPOINT);
    }

    /** Where events are published. */
    public String pubsubEndpoint() {
        return config.options().get(CircusOptions.PUBSUB_ENDPOINT);
    }
}
