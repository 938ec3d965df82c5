package circus.manager;

import circus.manager.arbiter.ManagedSockets;
import circus.manager.command.Additions;
import circus.manager.config.Amendments;
import circus.manager.config.CircusConfig;
import circus.manager.config.HookCheck;
import circus.manager.config.SystemAccounts;
import circus.manager.control.Access;
import circus.manager.control.CannotListenException;
import circus.manager.control.Endpoints;
import circus.manager.control.Keys;
import circus.manager.extension.Extensions;
import circus.manager.kernel.KernelAddress;
import circus.manager.kernel.KernelStarter;
import circus.manager.python.PythonNames;
import circus.manager.upgrade.Progress;
import circus.manager.upgrade.Succession;
import circus.manager.upgrade.Upgrade;
import circus.manager.upgrade.Warmup;
import circus.manager.upgrade.Watch;
import circus.manager.watcher.Clock;
import circus.options.CircusOptions;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import papa.client.PapaException;

/**
 * circusd from its start to its end. It manages from beginning to end, as a rule; one that comes in another one's place stands beside that
 * first, and one that has handed over waits to see how it goes, and manages once more if it has to. Each time it does, a {@link Daemon} is
 * made, which knows no other past than what the kernel holds, as after a crash.
 */
final class Tenure {
    private static final System.Logger LOG = System.getLogger(Tenure.class.getName());

    /** The last replies and events get so much time to go out to peers that are slow. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private Tenure() {}

    /** @return the exit code */
    static int serve(
            Arguments arguments,
            Map<String, String> environment,
            StartReport report,
            ServiceNotice notice,
            Optional<QuitSignal> quitSignal)
            throws StartupException {
        Optional<Succession> succession;
        try {
            succession = Succession.begin(environment);
        } catch (IOException nobody) {
            throw new StartupException("cannot take another circusd's place: " + nobody.getMessage());
        }
        try {
            Settings settings = Settings.load(arguments, environment);
            ProcessTitle.set(
                    settings.config().options().get(CircusOptions.PROC_NAME).orElse(ProcessTitle.DAEMON));
            int code = serve(settings, environment, report, notice, new Signals(), quitSignal, succession);
            succession.ifPresent(Succession::close);
            return code;
        } catch (StartupException cannot) {
            succession.ifPresent(former -> former.failed(String.valueOf(cannot.getMessage())));
            throw cannot;
        } catch (IOException | PapaException | CannotListenException | ManagedSockets.CannotOpenException cannot) {
            String reason = String.valueOf(cannot.getMessage());
            succession.ifPresent(former -> former.failed(reason));
            throw new StartupException(reason);
        }
    }

    /**
     * The same in another program, of whose process nothing is taken: no signals, no title, no log, no place in an upgrade.
     *
     * @param signals what the program wants of it, as others want it of circusd by signals
     * @return the exit code that a circusd would end with
     */
    static int serve(Settings settings, Map<String, String> environment, StartReport report, Signals signals)
            throws StartupException {
        try {
            return serve(
                    settings, environment, report, ServiceNotice.none(), signals, Optional.empty(), Optional.empty());
        } catch (IOException | PapaException | CannotListenException | ManagedSockets.CannotOpenException cannot) {
            throw new StartupException(String.valueOf(cannot.getMessage()));
        }
    }

    private static int serve(
            Settings settings,
            Map<String, String> environment,
            StartReport report,
            ServiceNotice notice,
            Signals signals,
            Optional<QuitSignal> quitSignal,
            Optional<Succession> succession)
            throws StartupException, IOException, PapaException, CannotListenException,
                    ManagedSockets.CannotOpenException {
        long pid = ProcessHandle.current().pid();
        @Nullable
        PidFile pidFile = settings.pidFile().isPresent() && succession.isEmpty()
                ? PidFile.write(settings.pidFile().get(), pid)
                : null;
        try {
            LOG.log(Level.INFO, "Starting master on pid {0}", Long.toString(pid));
            CircusConfig config = settings.config();
            KernelAddress address =
                    KernelAddress.of(config.name(), config.options().get(CircusOptions.PAPA_ENDPOINT), environment);
            Additions additions = additions(settings);
            Progress progress = new Progress();
            try (Security security = Security.of(config)) {
                List<Integer> descriptors = List.of();
                if (succession.isPresent()) {
                    succession
                            .get()
                            .observe(
                                    config,
                                    address.socket(),
                                    environment,
                                    new Amendments(
                                            environment,
                                            new SystemAccounts(),
                                            new HookCheck(
                                                    new Extensions(config.extensionPath()), PythonNames.TRUSTED)));
                    descriptors = succession.get().descriptors();
                    Warmup.run();
                }
                // The kernel comes up while we go on; one that another circusd has is its own until our turn.
                Optional<KernelStarter> starter =
                        succession.isEmpty() ? Optional.of(KernelStarter.begin(address)) : Optional.empty();
                // Before anything in the kernel is touched: whoever has these endpoints already must not be disturbed.
                try (Endpoints endpoints = endpoints(config, descriptors)) {
                    if (succession.isPresent()) {
                        succession.get().takeConnections(endpoints);
                        succession.get().awaitTurn(progress);
                    }
                    Premises premises = new Premises(
                            settings,
                            security,
                            environment,
                            report,
                            notice,
                            signals,
                            quitSignal,
                            endpoints,
                            progress,
                            additions,
                            succession,
                            pidFile);
                    try {
                        return manage(
                                premises, address, starter.isPresent() ? starter.get() : found(premises, address));
                    } finally {
                        premises.removePidFile();
                    }
                }
            }
        } finally {
            if (pidFile != null) {
                pidFile.remove();
            }
        }
    }

    /** Not closed: their classes are needed to the end. */
    private static Additions additions(Settings settings) throws StartupException {
        CircusConfig config = settings.config();
        try {
            return Additions.load(
                    new Extensions(config.extensionPath()),
                    config.commands(),
                    settings.embedded().map(Embedded.Ways::commands).orElse(List.of()));
        } catch (Additions.CannotAddException cannot) {
            throw new StartupException(String.valueOf(cannot.getMessage()));
        }
    }

    /** The former circusd's kernel, of which nobody has copies but that one: in its place no other is started. */
    private static KernelStarter found(Premises premises, KernelAddress address) throws PapaException {
        return premises.canBeTakenBack() ? KernelStarter.find(address) : KernelStarter.begin(address);
    }

    private static Endpoints endpoints(CircusConfig config, List<Integer> descriptors) throws CannotListenException {
        String endpoint = config.options().get(CircusOptions.ENDPOINT);
        String pubsub = config.options().get(CircusOptions.PUBSUB_ENDPOINT);
        Access access = Access.of(
                config.options().get(CircusOptions.ENDPOINT_OWNER),
                config.options().get(CircusOptions.ENDPOINT_OPEN),
                Keys.read(config.curveServerKey(), config.curveClients()));
        return descriptors.isEmpty()
                ? new Endpoints(endpoint, pubsub, access)
                : Endpoints.inherit(endpoint, pubsub, access, descriptors);
    }

    /** Term after term. */
    private static int manage(Premises premises, KernelAddress address, KernelStarter first)
            throws PapaException, ManagedSockets.CannotOpenException {
        Losses losses = new Losses(Clock.system());
        Daemon daemon = new Daemon(premises, address, Past.NONE);
        int code = 1;
        try {
            code = daemon.start(first);
        } catch (PapaException lost) {
            // Where a former circusd is left, that has what the dead kernel held, and goes on.
            if (!daemon.remains().isDead() || premises.canBeTakenBack()) {
                throw lost;
            }
            daemon.lostEarly(String.valueOf(lost.getMessage()));
        }
        while (true) {
            if (daemon.hasLostItsKernel()) {
                premises.notice.withoutKernel();
                Past past = daemon.heritage();
                boolean endIsWanted = past.end().isPresent() || premises.signals.wantEnd();
                if (!losses.mayGoOn(daemon.loss(), !daemon.hasBegun(), endIsWanted)) {
                    daemon.giveUp();
                    premises.endpoints.close(LINGER);
                    return 1;
                }
                premises.succession.ifPresent(Succession::pause);
                Daemon next = new Daemon(premises, address, past);
                next.remains().after(daemon.remains());
                code = begin(next, next.remains()::another);
                daemon = next;
                continue;
            }
            Optional<Upgrade> upgrade = daemon.handedOver();
            if (upgrade.isEmpty()) {
                premises.endpoints.close(LINGER);
                return code;
            }
            premises.notice.handingOver();
            Watch watch = new Watch(upgrade.get(), premises.endpoints, premises.progress, daemon.remains()::dropCopies);
            if (!daemon.isQuiet()) {
                LOG.log(Level.WARNING, "a disk does not answer: this circusd goes at once, and the new one goes on");
                premises.notice.leavingTo(watch.heir());
                watch.handOverAndGo();
                return 0;
            }
            premises.signals.ring(() -> premises.signals.take().forEach(watch::signalled));
            Watch.Result result = watch.run();
            premises.signals.ring(() -> {});
            if (!result.takesBack()) {
                LOG.log(Level.INFO, "another circusd has taken over; this one ends");
                premises.endpoints.close(LINGER);
                return result.code();
            }
            watch.unheard().forEach(premises.signals::came);
            premises.endpoints.open();
            Daemon next = new Daemon(premises, address, daemon.takenBack(result.rest(), result.reason()));
            next.remains().after(daemon.remains());
            code = begin(next, next.remains()::again);
            daemon = next;
        }
    }

    /** Where the kernel of a term comes from. */
    private interface Source {
        KernelStarter starter() throws PapaException;
    }

    /** One more term. It has to come to be, whatever becomes of the kernel. */
    private static int begin(Daemon next, Source kernel) throws ManagedSockets.CannotOpenException {
        try {
            return next.start(kernel.starter());
        } catch (PapaException lost) {
            next.lostEarly(String.valueOf(lost.getMessage()));
            return 1;
        }
    }
}
