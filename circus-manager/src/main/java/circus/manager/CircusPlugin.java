package circus.manager;

import circus.client.CallException;
import circus.curve.KeyFile;
import circus.curve.KeyFileException;
import circus.manager.FarCircusd.Reached;
import circus.manager.extension.Extensions;
import circus.manager.extension.PluginSource;
import circus.manager.extension.UnusableException;
import circus.manager.plugin.HomeCommandLine;
import circus.manager.plugin.PluginThread;
import circus.manager.plugin.RemoteEvents;
import circus.manager.plugin.RemoteOrders;
import circus.manager.watcher.Clock;
import circus.message.PythonText;
import circus.message.Version;
import circus.options.BadValueException;
import circus.options.OptionValues;
import circus.options.PluginClass;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Runs one plugin in a process of its own, for any circusd, be it ours or Circus's. Exit codes: 0 for an end by a signal, 1 if it cannot start
 * or the plugin fails, 2 for a wrong option.
 */
@Command(
        name = "circus-plugin",
        version = Version.TEXT,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        synopsisHeading = "usage: ",
        customSynopsis = "circus-plugin [options] CLASS",
        descriptionHeading = "%n",
        parameterListHeading = "%narguments:%n",
        optionListHeading = "%noptions:%n",
        footerHeading = "%nexamples:%n",
        description = {
            "Runs a plugin for a circusd, ours or Circus's. It goes on when circusd is started again.",
            "circusd itself runs plugins that its file names: see docs/plugins.md."
        },
        footer = {
            "  circus-plugin --config 'application_name:shop:::host:stats.example' StatsdEmitter",
            "  circus-plugin --config-json '{\"loop_rate\": 5}' circus.plugins.statsd.FullStats",
            "  circus-plugin --ssh me@far.example --extension-path /srv/plugins.jar com.example.Pager"
        })
final class CircusPlugin implements Callable<Integer> {
    private static final System.Logger LOG = System.getLogger(CircusPlugin.class.getName());
    private static final int WIDTH = 100;
    private static final Duration TO_STOP = Duration.ofSeconds(20);
    private static final long LOOK_MILLIS = 200;
    private static final String PREFIX = "plugin:";

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private FarCircusd.Place place = new FarCircusd.Place();

    @Option(
            names = "--config",
            paramLabel = "KEY:VALUE:::…",
            description = "the plugin's options, as Circus writes them: no value can hold :::")
    private @Nullable String config;

    @Option(names = "--config-json", paramLabel = "OBJECT", description = "the same as a JSON object, for any value")
    private @Nullable String configJson;

    @Option(
            names = "--config-file",
            paramLabel = "FILE",
            description = "the same in a file, for values that ps is not to show")
    private @Nullable Path configFile;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "what the plugin is told to be called (default: after the class)")
    private @Nullable String name;

    @Option(
            names = "--extension-path",
            paramLabel = "PATH",
            defaultValue = "",
            description = "jars and directories where the class may be, separated by colons")
    private String extensionPath = "";

    @Mixin
    private FarCircusd.Way way = new FarCircusd.Way();

    @Option(
            names = "--check-delay",
            paramLabel = "SECONDS",
            defaultValue = "5.0",
            description = "is taken, as in Circus; no plugin needs it")
    @SuppressWarnings("UnusedVariable") // command lines that were written for Circus have it
    private double checkDelay;

    @Mixin
    private LogOptions log = new LogOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "CLASS",
            description =
                    "one that circusd brings along (StatsdEmitter), by Circus's name for it too, or a class in Java")
    private @Nullable String use;

    private final Optional<QuitSignal> quitSignal;

    private CircusPlugin(Optional<QuitSignal> quitSignal) {
        this.quitSignal = quitSignal;
    }

    public static void main(String[] words) {
        int code = new CommandLine(new CircusPlugin(QuitSignal.prepare()))
                .setUsageHelpWidth(WIDTH)
                .setParameterExceptionHandler((wrong, given) -> wrongUsage(wrong.getMessage()))
                .execute(words);
        DaemonLog.get().flush();
        System.exit(code);
    }

    private static int wrongUsage(@Nullable String what) {
        System.err.println("circus-plugin: error: " + what + "; see circus-plugin --help");
        return CommandLine.ExitCode.USAGE;
    }

    @Override
    public Integer call() {
        if (use == null) {
            Objects.requireNonNull(spec).commandLine().usage(System.out);
            return CommandLine.ExitCode.OK;
        }
        try {
            log.apply();
            return run(
                    use, PluginArguments.read(config, configFile, configJson, System.getenv(HomeCommandLine.CONFIG)));
        } catch (StartupException | CallException | KeyFileException | IOException cannot) {
            System.err.println("circus-plugin: " + cannot.getMessage());
        } catch (UnusableException | BadValueException unusable) {
            System.err.println("circus-plugin: cannot use " + use + ": " + unusable.getMessage());
        } catch (IllegalArgumentException malformed) {
            return wrongUsage(malformed.getMessage());
        } catch (InterruptedException nobodyInterruptsThis) {
            Thread.currentThread().interrupt();
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private int run(String plugin, Map<String, String> options)
            throws CallException, KeyFileException, IOException, UnusableException, BadValueException,
                    InterruptedException {
        LOG.log(Level.INFO, "Loading the plugin...");
        LOG.log(Level.INFO, "Endpoint: {0}", PythonText.repr(place.endpoint));
        LOG.log(Level.INFO, "Pub/sub: {0}", PythonText.repr(place.pubsub));
        try (Extensions extensions = new Extensions(Extensions.places(extensionPath, Path.of("")))) {
            PluginSource source = extensions
                    .plugin(plugin)
                    .orElseThrow(() -> new BadValueException("it is none of " + PluginClass.names()
                            + ", and there is no class of that name on the class path or in --extension-path"));
            Optional<PluginClass> own = PluginClass.find(plugin);
            if (own.isPresent()) {
                OptionValues unused = own.get().read(options);
            }
            KeyFile keys = way.keys();
            String called = name(plugin, options);
            try (Reached control = way.reach(place.endpoint, keys);
                    Reached events = way.reach(place.pubsub, keys);
                    RemoteOrders orders = new RemoteOrders(called, control.client())) {
                // This process outlives circusd: the plugin's memory is its own.
                PluginThread thread = new PluginThread(
                        called, source, options, orders, "", text -> {}, extensions.loader(), Clock.system());
                try (RemoteEvents heard = new RemoteEvents(events.client(), control.client(), thread::tell)) {
                    return run(thread, heard);
                }
            }
        }
    }

    private String name(String plugin, Map<String, String> options) {
        String given = name == null ? options.get("name") : name;
        if (given == null || given.isBlank()) {
            String title = PluginClass.find(plugin).map(PluginClass::title).orElse(plugin);
            given = title.substring(title.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        }
        return given.startsWith(PREFIX) ? given : PREFIX + given;
    }

    private int run(PluginThread plugin, RemoteEvents heard) throws InterruptedException {
        AtomicReference<@Nullable String> failure = new AtomicReference<>();
        AtomicBoolean asked = new AtomicBoolean();
        Thread running = new Thread(
                () -> {
                    try {
                        plugin.run();
                    } catch (InterruptedException interrupted) {
                        failure.compareAndSet(null, "it was interrupted");
                    } catch (Exception | LinkageError | StackOverflowError | AssertionError thrown) {
                        LOG.log(Level.ERROR, "the plugin has failed", thrown);
                        failure.compareAndSet(null, thrown.toString());
                    }
                },
                "circus-plugin");
        Runnable end = () -> {
            plugin.close();
            running.interrupt();
        };
        Thread listening = new Thread(
                () -> {
                    try {
                        heard.listen();
                    } catch (CallException unusable) {
                        if (!unusable.isInterrupted()) {
                            LOG.log(Level.ERROR, "{0}", unusable.getMessage());
                            failure.compareAndSet(null, unusable.getMessage());
                            end.run();
                        }
                    }
                },
                "circus-events");
        listening.setDaemon(true);
        Consumer<String> atSignal = received -> {
            LOG.log(Level.INFO, "Got signal SIG_{0}", received);
            if (asked.getAndSet(true)) {
                Runtime.getRuntime().halt(CommandLine.ExitCode.SOFTWARE);
            }
            end.run();
        };
        for (String signal : List.of("INT", "TERM", "HUP")) {
            boolean unused = SystemSignals.on(signal, atSignal);
        }
        quitSignal.ifPresent(signal -> signal.handle(() -> atSignal.accept("QUIT")));
        LOG.log(Level.INFO, "Starting");
        listening.start();
        running.start();
        while (running.isAlive() && !asked.get() && failure.get() == null) {
            running.join(LOOK_MILLIS);
        }
        LOG.log(Level.INFO, "Stopping");
        running.join(TO_STOP.toMillis());
        listening.interrupt();
        if (running.isAlive()) {
            LOG.log(Level.ERROR, "the plugin does not end within {0} s; it is left", TO_STOP.toSeconds());
            return CommandLine.ExitCode.SOFTWARE;
        }
        return failure.get() == null ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }
}
