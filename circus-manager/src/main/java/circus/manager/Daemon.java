package circus.manager;

import circus.command.CommandSpec;
import circus.manager.arbiter.Agenda;
import circus.manager.arbiter.Arbiter;
import circus.manager.arbiter.EndWish;
import circus.manager.arbiter.Facilities;
import circus.manager.arbiter.Farewell;
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
import circus.manager.config.PluginWatcher;
import circus.manager.config.StatsWatcher;
import circus.manager.config.SystemAccounts;
import circus.manager.control.Controller;
import circus.manager.control.Endpoints;
import circus.manager.control.EventPublisher;
import circus.manager.control.Incoming;
import circus.manager.feed.StatsService;
import circus.manager.kernel.Attached;
import circus.manager.kernel.KernelAddress;
import circus.manager.kernel.KernelStarter;
import circus.manager.kernel.PapaKernel;
import circus.manager.output.OutputPump;
import circus.manager.recall.TailDesk;
import circus.manager.resident.Residents;
import circus.manager.stats.StatsReader;
import circus.manager.upgrade.Office;
import circus.manager.upgrade.Succession;
import circus.manager.upgrade.Upgrade;
import circus.manager.watcher.Change;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Outcome;
import circus.manager.watcher.ProcessView;
import circus.message.CommandException;
import circus.message.Request;
import circus.options.CircusOptions;
import circus.stream.OutputStreamer;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

    /** Nobody waits for it longer than a second. */
    private static final Duration LAST_WORDS_LIMIT = Duration.ofSeconds(2);

    /** What was done at run time last is to be on disk when circusd ends. */
    private static final Duration STATE_LIMIT = Duration.ofSeconds(2);

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
    private final UserCode code;
    private @Nullable Rerouting rerouting;
    private @Nullable Upgrade handedOver;
    private boolean quiet;
    private boolean hasBegun;

    /** What another one is to go on with. */
    private List<Incoming> unanswered = List.of();

    private Optional<EndWish> unfinishedEnd = Optional.empty();

    /** What is left of the kernel. */
    private final Remains remains;

    Daemon(Premises premises, KernelAddress address, Past past) {
        this.premises = premises;
        this.settings = premises.settings;
        this.past = past;
        this.security = premises.security;
        this.environment = premises.environment;
        this.code = new UserCode(settings.config().extensionPath(), environment, loop);
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
        Groundwork ground = Groundwork.lay(premises, address, past, remains, starter, kernel, clock);
        Plugins plugins = new Plugins(premises, address, kernel, code.extensions(), loop, clock, agenda);
        OutputPump pump = new OutputPump(
                address.socket(),
                kernel.lease(),
                kernel.epoch(),
                Routes.of(ground.before().watchers()),
                settings.embedded().map(Embedded.Ways::consoles).orElseGet(OutputPump::ownConsoles),
                (className, options) -> stream(plugins, className, options),
                ground.recall(),
                ending::outputLost);
        try {
            return serve(kernel, news, ground, plugins, pump);
        } finally {
            ground.stateFile().close(STATE_LIMIT);
        }
    }

    /** Any thread. */
    private OutputStreamer stream(Plugins plugins, String className, Map<String, String> options) throws Exception {
        return className.equals(PluginWatcher.COMMANDS)
                ? plugins.output(options.getOrDefault(PluginWatcher.COMMANDS_OF, ""))
                : code.stream(className, options);
    }

    /** The upgrade by which another circusd has this one's place now. */
    Optional<Upgrade> handedOver() {
        return Optional.ofNullable(handedOver);
    }

    /** Whether nothing of this one writes anywhere any more. */
    boolean isQuiet() {
        return quiet;
    }

    private int serve(PapaKernel kernel, KernelNews news, Groundwork ground, Plugins plugins, OutputPump pump)
            throws PapaException {
        CircusConfig config = settings.config();
        CircusConfig before = ground.before();
        Endpoints endpoints = premises.endpoints;
        Workshop workshop = new Workshop(
                environment.getOrDefault("PATH", "/usr/bin:/bin"),
                ground.places(),
                before.options().get(CircusOptions.UMASK));
        EventPublisher publisher = new EventPublisher(endpoints, ground.journal());
        premises.succession.ifPresent(former -> former.hears(publisher));
        StatsService statistics = new StatsService(
                () -> StatsWatcher.endpoint(premises.applied().options()),
                endpoints.access(),
                loop,
                clock,
                agenda::changed,
                kernel,
                kernel.hello().pid());
        Residents residents = new Residents(
                plugins.processes(),
                Map.of(StatsWatcher.NAME, statistics, PluginWatcher.RESIDENT, plugins.threads()),
                loop,
                clock,
                news::exited);
        Facilities facilities = new Facilities(
                clock,
                residents,
                workshop,
                new Amendments(environment, new SystemAccounts(), code.hookCheck()),
                ground.stateFile(),
                publisher,
                death -> {
                    ground.recall().died(death);
                    pump.settle();
                },
                code.hooks(),
                watcher -> rerouted(),
                (incarnation, inPlace) -> {
                    CompletableFuture<Void> unused = pump.written(incarnation, LAST_WORDS_LIMIT)
                            .whenComplete((written, failure) -> loop.execute(inPlace));
                });
        Arbiter arbiter = new Arbiter(facilities, agenda, farewell -> settled(farewell, plugins, pump));
        statistics.tellOf(arbiter);
        plugins.workFor(arbiter, residents);
        publisher.within(plugins);
        ending.publishedBy(arbiter.gazette());
        arbiter.output(pump::trouble);
        arbiter.warmup(before.options().get(CircusOptions.WARMUP_DELAY));
        news.goTo(arbiter);
        arbiter.fill(before, ground.inherited());
        rerouting = new Rerouting(arbiter, pump);
        Whereabouts whereabouts = new Whereabouts(config.options());
        whereabouts.applied(before.options());
        ConfigurationInForce inForce = new ConfigurationInForce(premises, arbiter, workshop, whereabouts, code);
        LiveChanges changes = new LiveChanges(
                arbiter,
                new ConfigurationFile(settings.origin(), environment, loop),
                new LiveSockets(kernel, ground.sockets(), workshop),
                before,
                new LookedUpNames(environment, loop, code::readAgain),
                inForce::apply);
        code.findModules(before);
        ground.sockets().handSlotsTo(arbiter);
        Optional<Discovery> discovery = Discovery.begin(
                config.options().get(CircusOptions.MULTICAST_ENDPOINT),
                config.options().get(CircusOptions.ENDPOINT));
        Controller controller;
        Office office = office(kernel, endpoints);
        SignalDesk signals = new SignalDesk(arbiter, pump, clock);
        TailDesk tails = new TailDesk(ground.recall(), pump::standing, address.socket(), kernel.lease(), clock, loop);
        try (StatsReader stats = new StatsReader(loop, clock);
                AddedCommands added = new AddedCommands(premises.additions, loop)) {
            Events events = new Events(ground.journal(), config.options().get(CircusOptions.PUBSUB_ENDPOINT));
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
            code.commands((from, command, properties, replyTo) -> reception.take(
                    new Caller(OptionalInt.of(security.uid()), OptionalInt.empty(), from),
                    new Request(null, command, properties, false),
                    replyTo));
            controller = new Controller(endpoints, reception, clock);
            plugins.commands((plugin, request, replyTo) -> reception.takeOf(
                    plugin,
                    request,
                    reception.changes(request) ? reply -> controller.hold(() -> replyTo.accept(reply)) : replyTo));
            office.exit(new Leaving(
                    premises, ending, arbiter, controller, office, plugins, upgrade -> handedOver = upgrade));
            stats.watch(() -> processes(arbiter), agenda::changed);
            List<Attached> attached = kernel.attached();
            plugins.attach(attached);
            ground.workers().keep(kernel, attached);
            ending.whenNothingStays(ground.workers()::remove);
            MissedStarts.tell(attached, ground.journal(), publisher);
            new Takeover(arbiter, config.file().toString()).run(attached, ground.inherited());
            inForce.goOnWith(before, past.appliesFile(), changes, clock);
            pump.start();
            premises.signals.listen(premises.quitSignal);
            premises.signals.ring(() -> loop.execute(() -> hear(signals)));
            tellThatItServes(ground.sockets());
            begin(controller, publisher, kernel, signals);
            premises.notice.attend(agenda);
            // Before anything is started.
            goOnEnding(arbiter);
            hear(signals);
            loop.run(kernel, endpoints, controller);
        } finally {
            residents.close();
            plugins.close();
            code.endHooks();
            discovery.ifPresent(Discovery::close);
        }
        int exitCode = ending.finish(kernel, pump, ground.sockets(), ground.journal(), ground.recall());
        quiet = pump.isOver();
        if (quiet) {
            code.endStreams();
        }
        if (hasLostItsKernel()) {
            lose(arbiter, controller, office);
            return exitCode;
        }
        if (handedOver == null) {
            premises.removePidFile();
        }
        for (Outcome waiting : arbiter.awaitingEnd()) {
            waiting.done(Change.NONE);
        }
        arbiter.abandon("circusd has ended");
        controller.release();
        return exitCode;
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
                Premises.addresses(settings.config()),
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
    private void begin(Controller controller, EventPublisher publisher, PapaKernel kernel, SignalDesk signals) {
        premises.endpoints.open();
        if (!past.failure().isEmpty()) {
            // The other one may have got as far as to be the main one.
            premises.becomeMain();
            kernel.beTheManager();
            premises.progress.takenBack(past.failure());
        }
        past.rest().forEach(controller::takeAgain);
        premises.succession.ifPresent(
                former -> former.serve(controller, publisher, loop, premises.progress, successor(kernel, signals)));
        hasBegun = true;
    }

    private Succession.Heir successor(PapaKernel kernel, SignalDesk signals) {
        return new Succession.Heir() {
            @Override
            public void confirmed() {
                premises.becomeMain();
                kernel.beTheManager();
            }

            @Override
            public void signalled(String name) {
                signals.carryOutForFormer(name);
            }
        };
    }

    private void settled(Farewell farewell, Plugins plugins, OutputPump pump) {
        if (farewell.kind() != Farewell.Kind.HAND_OVER) {
            premises.endpoints.own();
            premises.notice.stopping();
            premises.succession.ifPresent(Succession::ending);
        }
        plugins.settled(farewell.kind());
        ending.settled(farewell, pump);
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
    private void hear(SignalDesk signals) {
        if (handedOver != null) {
            return;
        }
        premises.signals.take().forEach(signals::carryOut);
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
}
