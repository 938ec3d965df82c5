package circus.manager;

import circus.manager.Arguments.Name;
import circus.manager.arbiter.Agenda;
import circus.manager.arbiter.Arbiter;
import circus.manager.arbiter.Facilities;
import circus.manager.arbiter.Inherited;
import circus.manager.arbiter.LiveChanges;
import circus.manager.arbiter.LiveSockets;
import circus.manager.arbiter.ManagedSockets;
import circus.manager.arbiter.Takeover;
import circus.manager.arbiter.Workshop;
import circus.manager.command.Commands;
import circus.manager.command.Events;
import circus.manager.command.Reception;
import circus.manager.command.Whereabouts;
import circus.manager.config.Amendments;
import circus.manager.config.CircusConfig;
import circus.manager.config.HookCheck;
import circus.manager.config.SystemAccounts;
import circus.manager.config.WatcherConfig;
import circus.manager.control.Access;
import circus.manager.control.CannotListenException;
import circus.manager.control.Controller;
import circus.manager.control.Endpoints;
import circus.manager.control.EventPublisher;
import circus.manager.control.Keys;
import circus.manager.event.EventJournal;
import circus.manager.extension.Extensions;
import circus.manager.hook.HookRunner;
import circus.manager.kernel.Attached;
import circus.manager.kernel.KernelAddress;
import circus.manager.kernel.KernelStarter;
import circus.manager.kernel.PapaKernel;
import circus.manager.output.OutputPump;
import circus.manager.plan.Plan;
import circus.manager.stats.StatsReader;
import circus.manager.watcher.Change;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Operation.Kind;
import circus.manager.watcher.Order;
import circus.manager.watcher.Outcome;
import circus.manager.watcher.ProcessView;
import circus.manager.watcher.SocketPlace;
import circus.message.CommandException;
import circus.options.CircusOptions;
import circus.options.WatcherOptions;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import papa.client.PapaException;

/**
 * The running manager: its parts, and how they hang together.
 *
 * <pre>
 *   clients ──► Endpoints ──► Controller ──► Commands ──► Arbiter ──► Watcher ──► PapaKernel ──► papa
 *      ▲            ▲                                        ▲           │            │            │
 *      └─ events ───┴─────────── EventPublisher ◄────────────┼───────────┘            │            │
 *                                  EventJournal              │                        │            │
 *                                                            └────── KernelNews ◄─────┘            │
 *   log files ◄───────────────── OutputPump (circus-output) ◄──────────────────────────────────────┘
 * </pre>
 *
 * <p>All of it belongs to circus-loop, the thread that calls {@link #serve}, but for the pump, the figures of {@code stats} and the log,
 * which have threads of their own.
 */
final class Daemon {
    private static final System.Logger LOG = System.getLogger(Daemon.class.getName());
    private static final Duration KERNEL_START_LIMIT = Duration.ofSeconds(20);
    private static final Duration KERNEL_END_LIMIT = Duration.ofSeconds(5);

    /** The last replies and events get so much time to go out to peers that are slow. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    /** What was done at run time last is to be on disk when circusd ends. */
    private static final Duration STATE_LIMIT = Duration.ofSeconds(2);

    /** A request of papa's holds 1 MiB at the most, and all its values 4 MiB. */
    private static final int MOST_BASELINE = 512 * 1024;

    private final Settings settings;
    private final Map<String, String> environment;
    private final StartReport report;
    private final Optional<QuitSignal> quitSignal;
    private final Security security;
    private final Clock clock = Clock.system();
    private final Agenda agenda = new Agenda(System::nanoTime);
    private final Loop loop = new Loop(clock, agenda);
    private final Ending ending = new Ending(loop);
    private @Nullable Rerouting rerouting;

    /** The text of the configuration that the kernel holds for the next manager. */
    private String remembered = "";

    private Daemon(
            Settings settings,
            Security security,
            Map<String, String> environment,
            StartReport report,
            Optional<QuitSignal> quitSignal) {
        this.settings = settings;
        this.security = security;
        this.environment = environment;
        this.report = report;
        this.quitSignal = quitSignal;
    }

    /** @return the exit code */
    static int serve(
            Arguments arguments, Map<String, String> environment, StartReport report, Optional<QuitSignal> quitSignal)
            throws StartupException {
        Settings settings = Settings.load(arguments, environment);
        long pid = ProcessHandle.current().pid();
        Optional<PidFile> pidFile = settings.pidFile().isPresent()
                ? Optional.of(PidFile.write(settings.pidFile().get(), pid))
                : Optional.empty();
        ProcessTitle.set(
                settings.config().options().get(CircusOptions.PROC_NAME).orElse(ProcessTitle.DAEMON));
        LOG.log(Level.INFO, "Starting master on pid {0}", Long.toString(pid));
        try (Security security = Security.of(settings.config())) {
            return new Daemon(settings, security, environment, report, quitSignal).start(pidFile);
        } catch (PapaException | CannotListenException | ManagedSockets.CannotOpenException cannot) {
            throw new StartupException(String.valueOf(cannot.getMessage()));
        } finally {
            pidFile.ifPresent(PidFile::remove);
        }
    }

    private int start(Optional<PidFile> pidFile)
            throws PapaException, CannotListenException, ManagedSockets.CannotOpenException {
        CircusConfig config = settings.config();
        KernelAddress address =
                KernelAddress.of(config.name(), config.options().get(CircusOptions.PAPA_ENDPOINT), environment);
        // The kernel comes up while we go on.
        KernelStarter starter = KernelStarter.begin(address);
        // Before anything in the kernel is touched: whoever has these endpoints already must not be disturbed.
        try (Endpoints endpoints = new Endpoints(
                config.options().get(CircusOptions.ENDPOINT),
                config.options().get(CircusOptions.PUBSUB_ENDPOINT),
                Access.of(
                        config.options().get(CircusOptions.ENDPOINT_OWNER),
                        config.options().get(CircusOptions.ENDPOINT_OPEN),
                        Keys.read(config.curveServerKey(), config.curveClients())))) {
            starter.await(KERNEL_START_LIMIT);
            KernelNews news = new KernelNews(ending::kernelLost);
            try (PapaKernel kernel = new PapaKernel(address.socket(), config.name(), news)) {
                demandKnocks(kernel);
                StateFile stateFile = new StateFile(settings.stateFile(), config.file());
                Map<String, String> values = kernel.values();
                Inherited inherited = Inherited.of(values, stateFile.read(), settings.fresh());
                CircusConfig before = inherited.before(config, environment);
                ManagedSockets sockets = new ManagedSockets(before.sockets(), new KernelSockets(kernel));
                Map<String, SocketPlace> places = open(sockets, kernel, starter);
                // Not before: a circusd that does not come up leaves nothing.
                EventJournal journal = EventJournal.open(
                        address.events(config.name()),
                        Optional.ofNullable(values.get(EventJournal.NUMBERING)),
                        clock.now(),
                        number -> kernel.putValue(EventJournal.NUMBERING, number));
                OutputPump pump = new OutputPump(
                        address.socket(),
                        kernel.lease(),
                        kernel.epoch(),
                        Routes.of(before.watchers()),
                        ending::outputLost);
                try {
                    return serve(
                            kernel, news, endpoints, sockets, places, pump, pidFile, before, inherited, stateFile,
                            journal);
                } finally {
                    stateFile.close(STATE_LIMIT);
                }
            }
        }
    }

    /** A kernel that runs already may be of an earlier version. */
    private void demandKnocks(PapaKernel kernel) throws PapaException {
        Optional<WatcherConfig> waiting = settings.config().watchers().stream()
                .filter(watcher -> watcher.options().get(WatcherOptions.ON_DEMAND))
                .findFirst();
        if (waiting.isPresent() && !kernel.hello().can("knock")) {
            throw new PapaException("cannot start: [watcher:" + waiting.get().name()
                    + "] has on_demand, and the kernel, papa " + kernel.hello().version()
                    + ", cannot tell of connections; replace it by `papa upgrade`, or leave the option out");
        }
    }

    /** A kernel that was started for nothing does not stay. */
    private static Map<String, SocketPlace> open(ManagedSockets sockets, PapaKernel kernel, KernelStarter starter)
            throws PapaException, ManagedSockets.CannotOpenException {
        try {
            return sockets.open();
        } catch (ManagedSockets.CannotOpenException cannot) {
            if (starter.hasStarted() && !kernel.endIfIdle(KERNEL_END_LIMIT)) {
                LOG.log(Level.DEBUG, "the kernel goes on");
            }
            throw cannot;
        }
    }

    private int serve(
            PapaKernel kernel,
            KernelNews news,
            Endpoints endpoints,
            ManagedSockets sockets,
            Map<String, SocketPlace> places,
            OutputPump pump,
            Optional<PidFile> pidFile,
            CircusConfig before,
            Inherited inherited,
            StateFile stateFile,
            EventJournal journal)
            throws PapaException {
        CircusConfig config = settings.config();
        // Not closed: a detach leaves running programs be, and the threads end with us.
        Extensions extensions = new Extensions(config.extensionPath());
        HookRunner hooks = new HookRunner(loop, extensions, environment);
        Workshop workshop = new Workshop(
                environment.getOrDefault("PATH", "/usr/bin:/bin"),
                places,
                before.options().get(CircusOptions.UMASK));
        EventPublisher publisher = new EventPublisher(endpoints, journal);
        Facilities facilities = new Facilities(
                clock,
                kernel,
                workshop,
                new Amendments(environment, new SystemAccounts(), new HookCheck(extensions)),
                stateFile,
                publisher,
                hooks,
                watcher -> rerouted());
        Arbiter arbiter = new Arbiter(facilities, agenda, farewell -> ending.settled(farewell, pump));
        arbiter.warmup(config.options().get(CircusOptions.WARMUP_DELAY));
        news.goTo(arbiter);
        arbiter.fill(before, inherited);
        rerouting = new Rerouting(arbiter, pump);
        Whereabouts whereabouts = new Whereabouts(config.options());
        LiveChanges changes = new LiveChanges(
                arbiter,
                new ConfigurationFile(config.file(), environment, loop),
                new LiveSockets(kernel, sockets, workshop),
                before,
                applied -> apply(applied, arbiter, workshop, whereabouts));
        sockets.handSlotsTo(arbiter);
        Optional<Discovery> discovery = Discovery.begin(
                config.options().get(CircusOptions.MULTICAST_ENDPOINT),
                config.options().get(CircusOptions.ENDPOINT));
        try (StatsReader stats = new StatsReader(loop, clock)) {
            Events events = new Events(journal, config.options().get(CircusOptions.PUBSUB_ENDPOINT));
            Reception reception = new Reception(
                    new Commands(arbiter, stats, changes, whereabouts, events),
                    arbiter,
                    security.rights(),
                    security.audit(),
                    clock);
            Controller controller = new Controller(endpoints, reception, clock);
            stats.watch(() -> processes(arbiter), agenda::changed);
            List<Attached> attached = kernel.attached();
            MissedStarts.tell(attached, journal, publisher);
            new Takeover(arbiter, config.file().toString()).run(attached, inherited);
            goOnWith(config, before, changes, arbiter);
            pump.start();
            handleSignals(arbiter);
            tellThatItServes(sockets);
            loop.run(kernel, endpoints, controller);
        } finally {
            discovery.ifPresent(Discovery::close);
        }
        int code = ending.finish(kernel, pump, sockets, journal);
        pidFile.ifPresent(PidFile::remove);
        for (Outcome waiting : arbiter.awaitingEnd()) {
            if (ending.isLost()) {
                waiting.failed(CommandException.serverError());
            } else {
                waiting.done(Change.NONE);
            }
        }
        arbiter.abandon();
        endpoints.close(LINGER);
        return code;
    }

    /** The file may have been edited while no manager ran: that is a plan like any other. */
    private void goOnWith(CircusConfig config, CircusConfig before, LiveChanges changes, Arbiter arbiter) {
        remember(before, arbiter);
        if (before.text().equals(config.text())) {
            return;
        }
        try {
            Plan plan = changes.planFor(config);
            if (plan.isEmpty()) {
                changes.apply(plan, false, order("changes of the file", "arbiter_reload_config"));
            } else if (settings.arguments().has(Name.NO_APPLY)) {
                LOG.log(
                        Level.WARNING,
                        "the file has changed, and nothing of it is applied until circusctl reloadconfig (--no-apply)\n{0}",
                        plan.text());
            } else {
                LOG.log(Level.INFO, "the file has changed since it was applied last");
                changes.apply(plan, false, order("changes of the file", "arbiter_reload_config"));
            }
        } catch (CommandException impossible) {
            LOG.log(
                    Level.ERROR,
                    "the file has changed, and nothing of it is applied: {0}; circusctl reloadconfig tries again",
                    impossible.reason());
        }
    }

    private Order order(String words, String lock) {
        return Order.ofSignal(words, clock.now(), lock);
    }

    /** What a new configuration says about circusd itself, as far as that can change while it runs. */
    private void apply(CircusConfig config, Arbiter arbiter, Workshop workshop, Whereabouts whereabouts) {
        Settings.setLogLevel(settings.arguments(), config);
        arbiter.warmup(config.options().get(CircusOptions.WARMUP_DELAY));
        whereabouts.applied(config.options());
        workshop.mask(config.options().get(CircusOptions.UMASK));
        remember(config, arbiter);
    }

    /** The next manager is to know what was applied. A text that is too large for the kernel is left out: it then goes by digests. */
    private void remember(CircusConfig config, Arbiter arbiter) {
        if (config.text().equals(remembered)) {
            return;
        }
        remembered = config.text();
        if (config.text().length() > MOST_BASELINE) {
            arbiter.kernel().removeValue(Inherited.BASELINE);
        } else {
            arbiter.kernel().putValue(Inherited.BASELINE, config.text());
        }
    }

    private void rerouted() {
        if (rerouting != null) {
            agenda.changed(rerouting);
        }
    }

    private void tellThatItServes(ManagedSockets sockets) {
        if (!sockets.isEmpty()) {
            LOG.log(Level.INFO, "sockets started");
        }
        LOG.log(Level.INFO, "Arbiter now waiting for commands");
        report.serving();
    }

    private static List<ProcessView> processes(Arbiter arbiter) {
        return arbiter.watchers().stream()
                .flatMap(watcher -> watcher.processes().stream())
                .toList();
    }

    private void handleSignals(Arbiter arbiter) {
        LOG.log(Level.INFO, "Registering signals...");
        for (String name : List.of("TERM", "INT")) {
            SystemSignals.on(name, signal -> loop.execute(() -> quit(signal, arbiter)));
        }
        quitSignal.ifPresent(signal -> signal.handle(() -> loop.execute(() -> quit("QUIT", arbiter))));
        SystemSignals.on("HUP", signal -> loop.execute(() -> reload(signal, arbiter)));
        for (String name : List.of("USR1", "WINCH")) {
            SystemSignals.on(name, signal -> LOG.log(Level.INFO, "Got signal SIG_{0}; it has no effect", signal));
        }
    }

    private void reload(String signal, Arbiter arbiter) {
        LOG.log(Level.INFO, "Got signal SIG_{0}", signal);
        try {
            arbiter.reload(Kind.RELOAD, order("SIGHUP", "arbiter_reload"));
        } catch (CommandException refused) {
            LOG.log(Level.WARNING, "cannot reload: {0}", refused.reason());
        }
    }

    private static void quit(String signal, Arbiter arbiter) {
        LOG.log(Level.INFO, "Got signal SIG_{0}", signal);
        try {
            arbiter.quit(false, false, Outcome.UNHEARD);
        } catch (CommandException underWay) {
            LOG.log(Level.INFO, "the end is under way already");
        }
    }
}
