package circus.manager;

import circus.manager.config.WatcherConfig;
import circus.manager.kernel.Attached;
import circus.manager.kernel.KernelPort;
import circus.manager.kernel.PapaKernel;
import circus.manager.kernel.Register;
import circus.manager.orphan.Asked;
import circus.manager.orphan.Orphans;
import circus.manager.orphan.Recorded;
import circus.manager.orphan.WorkerFile;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import papa.client.PapaException;

/** The file that tells who runs, for a circusd that finds neither its predecessor nor their kernel. Belongs to circus-loop. */
final class WorkersOnFile {
    private static final System.Logger LOG = System.getLogger(WorkersOnFile.class.getName());

    private final Path file;

    WorkersOnFile(Path file) {
        this.file = file;
    }

    /**
     * Ends who is on the file and is not held by this kernel; blocks as long as that takes.
     *
     * @param watchers tell how each of theirs is ended
     * @return whether there were such who ended in no order: their kernel was killed with its manager
     */
    boolean endOrphans(PapaKernel kernel, List<WatcherConfig> watchers) throws PapaException {
        WorkerFile.Left found = WorkerFile.read(file);
        if (found.isNothing()) {
            return false;
        }
        Set<Integer> held = kernel.running();
        Set<Integer> known = new HashSet<>(held);
        known.add(kernel.hello().pid());
        found.workers().forEach(each -> known.add(each.pid()));
        List<Recorded> recorded = new ArrayList<>(found.workers());
        recorded.addAll(Asked.find(found.asked(), known));
        List<Recorded> orphans =
                recorded.stream().filter(each -> !held.contains(each.pid())).toList();
        int count = Orphans.end(orphans, watcher -> manner(watcher, watchers));
        if (count > 0) {
            LOG.log(Level.INFO, "{0} workers without a kernel were ended", String.valueOf(count));
        }
        return !orphans.isEmpty();
    }

    private static Orphans.Manner manner(String watcher, List<WatcherConfig> watchers) {
        OptionValues options = watchers.stream()
                .filter(each -> each.name().equalsIgnoreCase(watcher))
                .findFirst()
                .map(WatcherConfig::options)
                .orElse(OptionValues.NONE);
        return new Orphans.Manner(
                options.get(WatcherOptions.STOP_SIGNAL),
                options.get(WatcherOptions.STOP_CHILDREN),
                Duration.ofMillis((long) (options.get(WatcherOptions.GRACEFUL_TIMEOUT) * 1000)));
    }

    /** From now on it is written down who runs, beginning with those who do. */
    void keep(PapaKernel kernel, List<Attached> attached) {
        Register register = WorkerFile.create(file);
        attached.stream()
                .filter(each -> each.exit().isEmpty() && !each.annotations().containsKey(KernelPort.LEFT))
                .forEach(each -> register.runs(each.name(), each.incarnation(), each.pid()));
        kernel.tellWhoRuns(register);
    }

    /** Nobody runs any more. */
    void remove() {
        WorkerFile.remove(file);
    }
}
