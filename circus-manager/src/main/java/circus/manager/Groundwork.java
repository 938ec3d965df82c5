package circus.manager;

import circus.manager.arbiter.Inherited;
import circus.manager.arbiter.ManagedSockets;
import circus.manager.config.CircusConfig;
import circus.manager.config.WatcherConfig;
import circus.manager.event.EventJournal;
import circus.manager.kernel.KernelAddress;
import circus.manager.kernel.KernelStarter;
import circus.manager.kernel.PapaKernel;
import circus.manager.recall.Recall;
import circus.manager.watcher.Clock;
import circus.manager.watcher.SocketPlace;
import circus.options.WatcherOptions;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import papa.client.PapaException;

/**
 * What is there before a term manages anything: what others have left to it, its sockets, and the files that it keeps. Belongs to
 * circus-loop.
 *
 * @param workers the file that tells who runs
 * @param stateFile what was done at run time
 * @param inherited what an earlier manager has left
 * @param before the configuration that was applied last; where nobody has left one, that of the file
 * @param places where the sockets are that {@code sockets} has opened, by name
 */
record Groundwork(
        WorkersOnFile workers,
        StateFile stateFile,
        Inherited inherited,
        CircusConfig before,
        ManagedSockets sockets,
        Map<String, SocketPlace> places,
        EventJournal journal,
        Recall recall) {
    private static final System.Logger LOG = System.getLogger(Groundwork.class.getName());
    private static final Duration KERNEL_END_LIMIT = Duration.ofSeconds(5);

    /**
     * Lays it, which may take as long as the workers of a manager that was killed with its kernel take to end.
     *
     * @param remains what a kernel before this one may not have had; taken from there once this one has it
     * @param starter of the kernel
     */
    static Groundwork lay(
            Premises premises,
            KernelAddress address,
            Past past,
            Remains remains,
            KernelStarter starter,
            PapaKernel kernel,
            Clock clock)
            throws PapaException, ManagedSockets.CannotOpenException {
        CircusConfig config = premises.applied();
        demandKnocks(config, kernel);
        // Before anybody is started in their place, and before their sockets are opened.
        WorkersOnFile workers = new WorkersOnFile(address.workers(config.name()));
        boolean foundOrphans = workers.endOrphans(kernel, config.watchers());
        StateFile stateFile = new StateFile(premises.settings.stateFile(), config.file());
        Map<String, String> values = kernel.values();
        Map<String, Optional<String>> unconfirmed = remains.takeUnconfirmed();
        if (!values.isEmpty() && !unconfirmed.isEmpty()) {
            // What was acknowledged is not to be forgotten. A kernel that begins anew is told all of it by the state
            // file.
            kernel.change(unconfirmed);
            values = kernel.values();
        }
        Inherited inherited = Inherited.of(values, stateFile.read(), premises.settings.fresh() && past.isFirst());
        CircusConfig before = inherited.before(config, premises.environment);
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
        return new Groundwork(workers, stateFile, inherited, before, sockets, places, journal, recall);
    }

    /** A kernel that runs already may be of an earlier version. */
    private static void demandKnocks(CircusConfig config, PapaKernel kernel) throws PapaException {
        Optional<WatcherConfig> waiting = config.watchers().stream()
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
}
