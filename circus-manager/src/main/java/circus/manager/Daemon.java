package circus.manager;

import circus.command.CommandSpec;
import circus.manager.Arguments.Name;
import circus.manager.arbiter.Agenda;
import circus.manager.arbiter.Arbiter;
import circus.manager.arbiter.EndWish;
import circus.manager.arbiter.Facilities;
import circus.manager.arbiter.Farewell;
import circus.manager.arbiter.Inherited;
import circus.manager.arbiter.LiveChanges;
import circus.manager.arbiter.LiveSockets;
import circus.manager.arbiter.ManagedSockets;
import circus.manager.arbiter.Takeover;
import circus.manager.arbiter.Workshop;
import circus.manager.command.AddedCommands;
import circus.manager.command.Caller;
import circus.manager.command.Commands;
import circus.manager.command.Events;
import circus.manager.command.Reception;
import circus.manager.command.Whereabouts;
import circus.manager.config.Amendments;
import circus.manager.config.CircusConfig;
import circus.manager.config.HookCheck;
import circus.manager.config.PluginWatcher;
import circus.manager.config.PythonPath;
import circus.manager.config.StatsWatcher;
import circus.manager.config.SystemAccounts;
import circus.manager.config.WatcherConfig;
import circus.manager.control.Controller;
import circus.manager.control.Endpoints;
import circus.manager.control.EventPublisher;
import circus.manager.control.Incoming;
import circus.manager.event.EventJournal;
import circus.manager.extension.Extensions;
import circus.manager.extension.StreamSource;
import circus.manager.feed.StatsService;
import circus.manager.hook.HookRunner;
import circus.manager.kernel.Attached;
import circus.manager.kernel.KernelAddress;
import circus.manager.kernel.KernelStarter;
import circus.manager.kernel.PapaKernel;
import circus.manager.output.OutputPump;
import circus.manager.plan.Plan;
import circus.manager.plugin.CommandDesk;
import circus.manager.plugin.HomeCommandLine;
import circus.manager.plugin.LineFolders;
import circus.manager.plugin.PluginHost;
import circus.manager.plugin.PluginPrograms;
import circus.manager.python.NameCheck.Question;
import circus.manager.python.PythonNames;
import circus.manager.python.PythonStreams;
import circus.manager.recall.Recall;
import circus.manager.recall.TailDesk;
import circus.manager.resident.Residents;
import circus.manager.stats.StatsReader;
import circus.manager.upgrade.Office;
import circus.manager.upgrade.Succession;
import circus.manager.upgrade.Upgrade;
import circus.manager.watcher.Change;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Job;
import circus.manager.watcher.Operation.Kind;
import circus.manager.watcher.Order;
import circus.manager.watcher.Outcome;
import circus.manager.watcher.ProcessView;
import circus.manager.watcher.SocketPlace;
import circus.message.CommandException;
import circus.message.Request;
import circus.options.CircusOptions;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import circus.stream.OutputStreamer;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
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
 *   tail      ◄── TailDesk ◄── Recall ◄─┘
 * </pre>
 *
 * <p>All of it belongs to circus-loop, the thread that calls {@link #serve}, but for the pump, the figures of {@code stats} and the log,
 * which have threads of their own.
 */
final class Daemon {
    private static final System.Logger LOG = System.getLogger(Daemon.class.getName());
    private static final Duration KERNEL_START_LIMIT = Duration.ofSeconds(20);
    private static final Duration KERNEL_END_LIMIT = Duration.ofSeconds(5);

    /** Nobody waits for it longer than a second. */
    private static final Duration LAST_WORDS_LIMIT = Duration.ofSeconds(2);

    /** What was done at run time last is to be on disk when circusd ends. */
    private static final Duration STATE_LIMIT = Duration.ofSeconds(2);

    /** A request of papa's holds 1 MiB at the most, and all its values 4 MiB. */
    private static final int MOST_BASELINE = 512 * 1024;

    private final Premises premises;
    private final KernelAddress address;
    private final Past past;
    private final Settings settings;
    private final Map<String, String> environment;
    private final Security security;
    private final Clock clock = Clock.system();
    private final Agenda agenda = new Agenda(System::nanoTime);
    private final Loop loop = new Loop(clock, agenda);
    private final Ending ending = new Ending(loop);

    /** Not closed: a detach leaves running programs be, and the threads end with us. */
    private final Extensions extensions;

    private final PythonStreams pythonStreams;
    private @Nullable Rerouting rerouting;

    /** Before the pump is started. */
    private @Nullable PluginPrograms pluginPrograms;

    private @Nullable Upgrade handedOver;
    private boolean quiet;
    private boolean hasBegun;

    /** What another one is to go on with. */
    private List<Incoming> unanswered = List.of();

    private Optional<EndWish> unfinishedEnd = Optional.empty();

    /** What is left of the kernel. */
    private final Remains remains;

    /** The text of the configuration that the kernel holds for the next manager. */
    private String remembered = "";

    Daemon(Premises premises, KernelAddress address, Past past) {
        this.premises = premises;
        this.settings = premises.settings;
        this.past = past;
        this.extensions = new Extensions(settings.config().extensionPath());
        this.security = premises.security;
        this.environment = premises.environment;
        this.pythonStreams = new PythonStreams(environment);
        this.address = address;
        this.remains =
                new Remains(address, settings.config().options().get(CircusOptions.ON_KERNEL_LOSS), past.unconfirmed());
    }

    /**
     * Manages until the end, or until another circusd does.
     *
     * @return the exit code
     */
    int start(KernelStarter starter) throws PapaException, ManagedSockets.CannotOpenException {
        CircusConfig config = settings.config();
        try {
            starter.await(KERNEL_START_LIMIT);
        } finally {
            remains.keep(starter.left()); // who comes after a kernel that is killed now needs it once more
        }
        KernelNews news = new KernelNews(ending::kernelLost);
        try (PapaKernel kernel = new PapaKernel(address.socket(), config.name(), news)) {
            remains.attached(kernel);
            try {
                return serve(starter, news, kernel);
            } finally {
                remains.leave(kernel);
                boolean mayBeNeeded = hasLostItsKernel() || remains.isDead() || handedOver != null;
                if (!mayBeNeeded) {
                    remains.dropCopies();
                }
                loop.close();
            }
        }
    }

    /** Whether the kernel has gone: another {@link Daemon} is to go on with another one. */
    boolean hasLostItsKernel() {
        return ending.mustGoOn();
    }

    /** What can be said about the loss. */
    String loss() {
        return ending.loss();
    }

    /** What the next one comes after that goes on with another kernel. */
    Past heritage() {
        return hasBegun
                ? Past.kernelLost(unanswered, remains.unconfirmed(), unfinishedEnd)
                : past.again(remains.unconfirmed());
    }

    /** What the next one comes after that has this one's place again. */
    Past takenBack(List<Incoming> rest, String failure) {
        return Past.takenBack(rest, failure, remains.unconfirmed());
    }

    /** There is to be no other one: who waits is told. */
    void giveUp() {
        Past never = heritage();
        Controller.refuse(premises.endpoints, never.rest(), "the kernel has gone, and none comes up any more", clock);
        never.end().ifPresent(end -> end.waiting().forEach(each -> each.failed(CommandException.serverError())));
    }

    /** Whether it has got as far as to serve. */
    boolean hasBegun() {
        return hasBegun;
    }

    /** The kernel has gone before this one has begun. */
    void lostEarly(String reason) {
        ending.lostEarly(reason);
    }

    /** What is left of the kernel, which may have been killed while this one attached to it. */
    Remains remains() {
        return remains;
    }

    private int serve(KernelStarter starter, KernelNews news, PapaKernel kernel)
            throws PapaException, ManagedSockets.CannotOpenException {
        CircusConfig config = premises.applied();
        demandKnocks(kernel);
        // Before anybody is started in their place, and before their sockets are opened.
        WorkersOnFile workers = new WorkersOnFile(address.workers(config.name()));
        boolean foundOrphans = workers.endOrphans(kernel, config.watchers());
        StateFile stateFile = new StateFile(settings.stateFile(), config.file());
        Map<String, String> values = kernel.values();
        Map<String, Optional<String>> unconfirmed = remains.takeUnconfirmed();
        if (!values.isEmpty() && !unconfirmed.isEmpty()) {
            // What was acknowledged is not to be forgotten. A kernel that begins anew is told all of it by the state
            // file.
            kernel.change(unconfirmed);
            values = kernel.values();
        }
        Inherited inherited = Inherited.of(values, stateFile.read(), settings.fresh() && past.isFirst());
        CircusConfig before = inherited.before(config, environment);
        ManagedSockets sockets = new ManagedSockets(
                before.sockets(), new KernelSockets(kernel, foundOrphans || !past.isFirst()), !past.isFirst());
        Map<String, SocketPlace> places = open(sockets, kernel, starter);
        // Not before: a circusd that does not come up leaves nothing.
        EventJournal journal = EventJournal.open(
                address.events(config.name()),
                Optional.ofNullable(values.get(EventJournal.NUMBERING)),
                clock.now(),
                number -> kernel.putValue(EventJournal.NUMBERING, number));
        Recall recall = new Recall(kernel.lease() + ".", address.output(config.name()));
        OutputPump pump = new OutputPump(
                address.socket(),
                kernel.lease(),
                kernel.epoch(),
                Routes.of(before.watchers()),
                settings.embedded().map(Embedded.Ways::consoles).orElseGet(OutputPump::ownConsoles),
                this::customStream,
                recall,
                ending::outputLost);
        try {
            return serve(
                    kernel,
                    news,
                    premises.endpoints,
                    sockets,
                    places,
                    pump,
                    before,
                    inherited,
                    stateFile,
                    journal,
                    recall,
                    new TailDesk(recall, pump::standing, address.socket(), kernel.lease(), clock, loop),
                    workers);
        } finally {
            stateFile.close(STATE_LIMIT);
        }
    }

    /** The upgrade by which another circusd has this one's place now. */
    Optional<Upgrade> handedOver() {
        return Optional.ofNullable(handedOver);
    }

    /** Whether nothing of this one writes anywhere any more. */
    boolean isQuiet() {
        return quiet;
    }

    /** Where commands are taken, and where events are published. */
    private static List<String> addresses(CircusConfig config) {
        OptionValues circus = config.options();
        return List.of(circus.get(CircusOptions.ENDPOINT), circus.get(CircusOptions.PUBSUB_ENDPOINT));
    }

    private OutputStreamer customStream(String className, Map<String, String> options) throws Exception {
        if (className.equals(PluginWatcher.COMMANDS)) {
            return Objects.requireNonNull(pluginPrograms).output(options.getOrDefault(PluginWatcher.COMMANDS_OF, ""));
        }
        Optional<StreamSource> inJava = extensions.stream(className);
        return inJava.isPresent() ? inJava.get().make(options) : pythonStreams.make(className, options);
    }

    /** A kernel that runs already may be of an earlier version. */
    private void demandKnocks(PapaKernel kernel) throws PapaException {
        Optional<WatcherConfig> waiting = premises.applied().watchers().stream()
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
            CircusConfig before,
            Inherited inherited,
            StateFile stateFile,
            EventJournal journal,
            Recall recall,
            TailDesk tails,
            WorkersOnFile workers)
            throws PapaException {
        CircusConfig config = settings.config();
        HookRunner hooks = new HookRunner(loop, extensions, environment);
        Workshop workshop = new Workshop(
                environment.getOrDefault("PATH", "/usr/bin:/bin"),
                places,
                before.options().get(CircusOptions.UMASK));
        EventPublisher publisher = new EventPublisher(endpoints, journal);
        premises.succession.ifPresent(former -> former.hears(publisher));
        StatsService statistics = new StatsService(
                () -> StatsWatcher.endpoint(premises.applied().options()),
                endpoints.access(),
                loop,
                clock,
                agenda::changed,
                kernel,
                kernel.hello().pid());
        PluginHost plugins = new PluginHost(extensions, loop, clock, agenda::changed);
        PluginPrograms programs = new PluginPrograms(
                kernel,
                loop,
                new LineFolders(address.socket(), config.name()),
                new HomeCommandLine(() -> addresses(premises.applied()), config.extensionPath(), environment));
        pluginPrograms = programs;
        Residents residents = new Residents(
                programs,
                Map.of(StatsWatcher.NAME, statistics, PluginWatcher.RESIDENT, plugins),
                loop,
                clock,
                news::exited);
        Facilities facilities = new Facilities(
                clock,
                residents,
                workshop,
                new Amendments(environment, new SystemAccounts(), new HookCheck(extensions, PythonNames.TRUSTED)),
                stateFile,
                publisher,
                death -> {
                    recall.died(death);
                    pump.settle();
                },
                hooks,
                watcher -> rerouted(),
                (incarnation, inPlace) -> {
                    CompletableFuture<Void> unused = pump.written(incarnation, LAST_WORDS_LIMIT)
                            .whenComplete((written, failure) -> loop.execute(inPlace));
                });
        Arbiter arbiter = new Arbiter(facilities, agenda, farewell -> settled(farewell, pump));
        statistics.tellOf(arbiter);
        plugins.workFor(arbiter, residents);
        programs.workFor(arbiter);
        publisher.within((event, number) -> {
            plugins.accept(event, number);
            programs.accept(event, number);
        });
        ending.publishedBy(arbiter.gazette());
        arbiter.output(pump::trouble);
        arbiter.warmup(before.options().get(CircusOptions.WARMUP_DELAY));
        news.goTo(arbiter);
        arbiter.fill(before, inherited);
        rerouting = new Rerouting(arbiter, pump);
        Whereabouts whereabouts = new Whereabouts(config.options());
        whereabouts.applied(before.options());
        LiveChanges changes = new LiveChanges(
                arbiter,
                new ConfigurationFile(settings.origin(), environment, loop),
                new LiveSockets(kernel, sockets, workshop),
                before,
                new LookedUpNames(environment, loop, name -> readAgain(name, hooks)),
                applied -> {
                    findModules(applied, hooks);
                    apply(applied, arbiter, workshop, whereabouts);
                });
        findModules(before, hooks);
        sockets.handSlotsTo(arbiter);
        Optional<Discovery> discovery = Discovery.begin(
                config.options().get(CircusOptions.MULTICAST_ENDPOINT),
                config.options().get(CircusOptions.ENDPOINT));
        Controller controller;
        Office office = office(kernel, endpoints);
        try (StatsReader stats = new StatsReader(loop, clock);
                AddedCommands added = new AddedCommands(premises.additions, loop)) {
            Events events = new Events(journal, config.options().get(CircusOptions.PUBSUB_ENDPOINT));
            Reception reception = new Reception(
                    new Commands(
                            arbiter,
                            stats,
                            changes,
                            whereabouts,
                            events,
                            tails,
                            pump::reopen,
                            office,
                            premises.additions),
                    added,
                    arbiter,
                    security.rights(),
                    security.audit(),
                    clock);
            hooks.commands((from, command, properties, replyTo) -> reception.take(
                    new Caller(OptionalInt.of(security.uid()), OptionalInt.empty(), from),
                    new Request(null, command, properties, false),
                    replyTo));
            controller = new Controller(endpoints, reception, clock);
            CommandDesk desk = (plugin, request, replyTo) -> reception.takeOf(
                    plugin,
                    request,
                    reception.changes(request) ? reply -> controller.hold(() -> replyTo.accept(reply)) : replyTo);
            plugins.commands(desk);
            programs.commands(desk);
            office.exit(() -> leave(arbiter, controller, office));
            stats.watch(() -> processes(arbiter), agenda::changed);
            List<Attached> attached = kernel.attached();
            programs.attach(attached);
            workers.keep(kernel, attached);
            ending.whenNothingStays(workers::remove);
            MissedStarts.tell(attached, journal, publisher);
            new Takeover(arbiter, config.file().toString()).run(attached, inherited);
            goOnWith(config, before, changes, arbiter);
            pump.start();
            premises.signals.listen(premises.quitSignal);
            premises.signals.ring(() -> loop.execute(() -> hear(arbiter, pump)));
            tellThatItServes(sockets);
            begin(controller, publisher, kernel, arbiter, pump);
            premises.notice.attend(agenda);
            // Before anything is started.
            goOnEnding(arbiter);
            hear(arbiter, pump);
            loop.run(kernel, endpoints, controller);
        } finally {
            residents.close();
            programs.close();
            hooks.endPython();
            discovery.ifPresent(Discovery::close);
        }
        int code = ending.finish(kernel, pump, sockets, journal, recall);
        quiet = pump.isOver();
        if (quiet) {
            pythonStreams.close();
        }
        if (hasLostItsKernel()) {
            lose(arbiter, controller, office);
            return code;
        }
        if (handedOver == null) {
            premises.removePidFile();
        }
        for (Outcome waiting : arbiter.awaitingEnd()) {
            waiting.done(Change.NONE);
        }
        arbiter.abandon("circusd has ended");
        controller.release();
        return code;
    }

    /** Whoever waits is told, or is answered by the next one. */
    private void lose(Arbiter arbiter, Controller controller, Office office) {
        unfinishedEnd = arbiter.endWish();
        arbiter.abandon("the kernel has gone");
        office.kernelLost();
        unanswered = controller.abandon(
                "the kernel has gone meanwhile",
                request -> unfinishedEnd.isPresent()
                        && CommandSpec.find(request.command()).equals(Optional.of(CommandSpec.QUIT)));
    }

    private Office office(PapaKernel kernel, Endpoints endpoints) {
        Upgrade.Self self = new Upgrade.Self(
                settings.config().name(),
                address.socket(),
                addresses(settings.config()),
                settings.arguments().forSuccessor(),
                premises.notice.forSuccessor(environment));
        Office office = new Office(premises.progress, self, endpoints, kernel, loop);
        if (settings.embedded().isPresent()) {
            office.stays("this manager is part of a program, which is replaced by starting it anew; its workers stay"
                    + " if it ends it by detach");
        }
        return office;
    }

    /** From now on: who waits, whether for this one or for the one that had its place, is dealt with. */
    private void begin(
            Controller controller, EventPublisher publisher, PapaKernel kernel, Arbiter arbiter, OutputPump pump) {
        premises.endpoints.open();
        if (!past.failure().isEmpty()) {
            // The other one may have got as far as to be the main one.
            premises.becomeMain();
            kernel.beTheManager();
            premises.progress.takenBack(past.failure());
        }
        past.rest().forEach(controller::takeAgain);
        premises.succession.ifPresent(former ->
                former.serve(controller, publisher, loop, premises.progress, successor(kernel, arbiter, pump)));
        hasBegun = true;
    }

    private Succession.Heir successor(PapaKernel kernel, Arbiter arbiter, OutputPump pump) {
        return new Succession.Heir() {
            @Override
            public void confirmed() {
                premises.becomeMain();
                kernel.beTheManager();
            }

            @Override
            public void signalled(String name) {
                if (name.equals("HUP")) {
                    reload(name, arbiter);
                } else if (name.equals("USR1")) {
                    pump.reopen();
                }
            }
        };
    }

    private void settled(Farewell farewell, OutputPump pump) {
        if (farewell.kind() != Farewell.Kind.HAND_OVER) {
            premises.endpoints.own();
            premises.notice.stopping();
            premises.succession.ifPresent(Succession::ending);
        }
        PluginPrograms programs = Objects.requireNonNull(pluginPrograms);
        switch (farewell.kind()) {
            case QUIT -> programs.ignore();
            case DETACH, HAND_OVER -> programs.deafen();
        }
        ending.settled(farewell, pump);
    }

    /** See {@link Upgrade.Exit}. What runs without anybody waiting for it goes on under the next manager, as after a crash. */
    private Optional<String> leave(Arbiter arbiter, Controller controller, Office office) {
        if (ending.isLost()) {
            return Optional.of("the kernel has gone");
        }
        if (arbiter.isEnding()) {
            return Optional.of("circusd is about to end");
        }
        if (premises.succession.isPresent() && !premises.succession.get().isOver()) {
            return Optional.of("the circusd before this one has connections that are in use");
        }
        Optional<Job> job = arbiter.jobs().stream()
                .filter(each -> each.order().number() > 0)
                .findFirst();
        if (job.isPresent()) {
            return Optional.of("job " + job.get().order().number() + ", "
                    + job.get().order().words() + ", is not done (circusctl jobs)");
        }
        Optional<List<Incoming>> unanswered = controller.leave();
        if (unanswered.isEmpty()) {
            return Optional.of(
                    "somebody waits for an answer to " + controller.busyWith().orElse("a request"));
        }
        premises.endpoints.shut();
        Upgrade upgrade = office.current().orElseThrow();
        Objects.requireNonNull(pluginPrograms).deafen();
        try {
            arbiter.handOver();
        } catch (CommandException cannotBe) {
            throw new IllegalStateException(cannotBe.reason());
        }
        upgrade.left(unanswered.get());
        handedOver = upgrade;
        return Optional.empty();
    }

    /** The file may have been edited while no manager ran: that is a plan like any other. */
    private void goOnWith(CircusConfig config, CircusConfig before, LiveChanges changes, Arbiter arbiter) {
        remember(before, arbiter);
        if (!past.appliesFile() || before.text().equals(config.text())) {
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

    private void readAgain(Question accepted, HookRunner hooks) {
        switch (accepted.kind()) {
            case HOOK -> hooks.readAgain(accepted.name());
            case STREAM -> pythonStreams.readAgain(accepted.name());
            case PLUGIN -> {}
        }
    }

    private void findModules(CircusConfig config, HookRunner hooks) {
        List<String> path = PythonPath.of(config.watchers());
        hooks.pythonPath(path);
        pythonStreams.path(path);
    }

    /** What a new configuration says about circusd itself, as far as that can change while it runs. */
    private void apply(CircusConfig config, Arbiter arbiter, Workshop workshop, Whereabouts whereabouts) {
        settings.setLogLevel(config);
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
        premises.applied(config);
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
        premises.tellThatItServes();
    }

    private static List<ProcessView> processes(Arbiter arbiter) {
        return arbiter.watchers().stream()
                .flatMap(watcher -> watcher.processes().stream())
                .toList();
    }

    /** Sees to what came by signals. Where another circusd has this one's place, they are for that one. */
    private void hear(Arbiter arbiter, OutputPump pump) {
        if (handedOver != null) {
            return;
        }
        for (String name : premises.signals.take()) {
            if (Signals.isEnd(name)) {
                quit(name, arbiter);
            } else if (name.equals("HUP")) {
                reload(name, arbiter);
            } else {
                LOG.log(Level.INFO, "Got signal SIG_{0}: log files are opened anew", name);
                pump.reopen();
            }
        }
    }

    private void goOnEnding(Arbiter arbiter) {
        if (past.end().isPresent()) {
            try {
                arbiter.goOn(past.end().get());
            } catch (CommandException underWay) {
                LOG.log(Level.INFO, "the end is under way already");
            }
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
