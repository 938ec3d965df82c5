package circus.manager;

import circus.client.CallException;
import circus.client.CircusClient;
import circus.curve.KeyFile;
import circus.curve.KeyFileException;
import circus.manager.FarCircusd.Reached;
import circus.manager.control.Access;
import circus.manager.control.CannotListenException;
import circus.manager.feed.RemotePopulation;
import circus.manager.feed.StatsFeed;
import circus.manager.watcher.Clock;
import circus.message.Endpoints;
import circus.message.Version;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private FarCircusd.Place place = new FarCircusd.Place();

    @Option(
            names = "--statspoint",
            paramLabel = "URL",
            defaultValue = Endpoints.STATS,
            description = "where to publish (default: ${DEFAULT-VALUE})")
    private String statspoint = "";

    @Mixin
    private FarCircusd.Way way = new FarCircusd.Way();

    @Mixin
    private LogOptions log = new LogOptions();

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
        try {
            log.apply();
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
        KeyFile keys = way.keys();
        try (Reached control = way.reach(place.endpoint, keys);
                Reached events = way.reach(place.pubsub, keys);
                RemotePopulation source = new RemotePopulation(
                        new CircusClient(control.near(), keys), new CircusClient(events.near(), keys))) {
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
}
