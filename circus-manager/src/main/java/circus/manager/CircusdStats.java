package circus.manager;

import circus.client.CallException;
import circus.client.CircusClient;
import circus.client.SshTunnel;
import circus.curve.KeyFile;
import circus.curve.KeyFileException;
import circus.manager.control.Access;
import circus.manager.control.CannotListenException;
import circus.manager.feed.RemotePopulation;
import circus.manager.feed.StatsFeed;
import circus.manager.watcher.Clock;
import circus.message.Endpoints;
import circus.message.Version;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Publishes statistics of another circusd, be it ours or Circus's, as a program of its own. Our circusd needs none: there {@code statsd = True}
 * does it. Exit codes: 0 for an end by a signal, 1 if it cannot start, 2 for a wrong option.
 */
@Command(
        name = "circusd-stats",
        version = Version.TEXT,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        synopsisHeading = "usage: ",
        customSynopsis = "circusd-stats [options]",
        descriptionHeading = "%n",
        optionListHeading = "%noptions:%n",
        footerHeading = "%nexamples:%n",
        description = {
            "Publishes figures of all processes of a circusd every second, for circus-top and others.",
            "It has to run on the machine of that circusd, which does this itself where [circus] says statsd = True."
        },
        footer = {
            "  circusd-stats",
            "  circusd-stats --endpoint ipc:///run/site/control --pubsub ipc:///run/site/events"
        })
final class CircusdStats implements Callable<Integer> {
    private static final System.Logger LOG = System.getLogger(CircusdStats.class.getName());
    private static final int WIDTH = 100;
    private static final Duration TO_LOG_IN = Duration.ofSeconds(20);

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            defaultValue = Endpoints.CONTROL,
            description = "where circusd takes commands (default: ${DEFAULT-VALUE})")
    private String endpoint = "";

    @Option(
            names = "--pubsub",
            paramLabel = "URL",
            defaultValue = Endpoints.PUBSUB,
            description = "where circusd publishes events (default: ${DEFAULT-VALUE})")
    private String pubsub = "";

    @Option(
            names = "--statspoint",
            paramLabel = "URL",
            defaultValue = Endpoints.STATS,
            description = "where to publish (default: ${DEFAULT-VALUE})")
    private String statspoint = "";

    @Option(names = "--curve", paramLabel = "FILE", description = "keys, where circusd demands them (circusctl keygen)")
    private @Nullable Path curve;

    @Option(names = "--ssh", paramLabel = "USER@HOST", description = "reach circusd through ssh")
    private @Nullable String ssh;

    @Option(names = "--ssh_keyfile", paramLabel = "FILE", description = "the private key for ssh")
    private @Nullable String sshKeyFile;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "info",
            description = "critical, error, warning, info or debug (default: ${DEFAULT-VALUE})")
    private String logLevel = "";

    @Option(
            names = "--log-output",
            paramLabel = "FILE",
            defaultValue = "-",
            description = "the log; - is stderr, which is the default")
    private String logOutput = "";

    private final Optional<QuitSignal> quitSignal;

    private CircusdStats(Optional<QuitSignal> quitSignal) {
        this.quitSignal = quitSignal;
    }

    public static void main(String[] words) {
        int code = new CommandLine(new CircusdStats(QuitSignal.prepare()))
                .setUsageHelpWidth(WIDTH)
                .setParameterExceptionHandler((wrong, given) -> {
                    System.err.println("circusd-stats: error: " + wrong.getMessage() + "; see circusd-stats --help");
                    return CommandLine.ExitCode.USAGE;
                })
                .execute(words);
        DaemonLog.get().flush();
        System.exit(code);
    }

    @Override
    public Integer call() {
        Optional<LogLevel> level = LogLevel.parse(logLevel);
        if (level.isEmpty()) {
            System.err.println("circusd-stats: error: argument --log-level: '" + logLevel
                    + "' is none of critical, error, warning, info and debug; see circusd-stats --help");
            return CommandLine.ExitCode.USAGE;
        }
        DaemonLog.get().level(level.get());
        try {
            if (!logOutput.equals("-") && !logOutput.equals("stdout")) {
                DaemonLog.get().toFile(Path.of(logOutput));
            }
            publish();
            return CommandLine.ExitCode.OK;
        } catch (StartupException | CallException | KeyFileException | CannotListenException cannot) {
            System.err.println("circusd-stats: " + cannot.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        } catch (IllegalArgumentException malformed) {
            System.err.println("circusd-stats: error: " + malformed.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
    }

    private void publish() throws CallException, KeyFileException, CannotListenException {
        KeyFile keys = curve == null ? null : KeyFile.readClient(curve);
        try (Reached control = reach(endpoint);
                Reached events = reach(pubsub);
                RemotePopulation source = new RemotePopulation(
                        new CircusClient(control.endpoint(), keys), new CircusClient(events.endpoint(), keys))) {
            Access access = Access.of(Optional.empty(), false, Optional.empty());
            StatsFeed feed = new StatsFeed(statspoint, access, source, Clock.system());
            Thread worker = Thread.currentThread();
            Consumer<String> end = name -> {
                LOG.log(Level.INFO, "Got signal SIG_{0}", name);
                feed.close();
                worker.interrupt();
            };
            for (String signal : List.of("HUP", "INT", "TERM", "WINCH")) {
                boolean unused = SystemSignals.on(signal, end);
            }
            quitSignal.ifPresent(signal -> signal.handle(() -> end.accept("QUIT")));
            feed.run();
        }
    }

    /** Where something is reached from here, and the tunnel that leads there, if any. */
    private record Reached(String endpoint, @Nullable SshTunnel tunnel) implements AutoCloseable {
        @Override
        public void close() {
            if (tunnel != null) {
                tunnel.close();
            }
        }
    }

    private Reached reach(String far) throws CallException {
        if (ssh == null) {
            return new Reached(far, null);
        }
        SshTunnel tunnel = SshTunnel.open(ssh, sshKeyFile, far, TO_LOG_IN);
        return new Reached(tunnel.endpoint(), tunnel);
    }
}
