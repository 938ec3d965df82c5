package circus.manager.stats;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the direct children of many processes. Linux lists children by thread, so that takes a read for each thread of each process; where
 * these have more threads than the machine has processes, or the list is not there, all processes are asked for their parent instead. One thread.
 */
final class Offspring {
    private static final System.Logger LOG = System.getLogger(Offspring.class.getName());

    private final ProcFiles files;

    Offspring(ProcFiles files) {
        this.files = files;
    }

    /** By parent, in the order of their pids. Who has none may be missing. */
    Map<Integer, List<ProcessStat>> of(Collection<ProcessStat> parents) {
        // A single-threaded one, which is most, needs no look at the list of its threads.
        long extra = parents.stream().mapToLong(ProcessStat::threads).sum() - parents.size();
        int[] all = extra > parents.size() ? files.all() : new int[0];
        if (extra > parents.size() && extra > all.length) {
            return byParent(parents, all);
        }
        try {
            return byThread(parents);
        } catch (IOException noSuchList) {
            return byParent(parents, files.all());
        }
    }

    private Map<Integer, List<ProcessStat>> byThread(Collection<ProcessStat> parents) throws IOException {
        Map<Integer, List<ProcessStat>> children = new HashMap<>();
        for (ProcessStat parent : parents) {
            int[] threads = parent.threads() > 1 ? files.threads(parent.pid()) : new int[] {parent.pid()};
            List<Integer> pids = new ArrayList<>();
            for (int thread : threads) {
                addChildren(parent.pid(), thread, pids);
            }
            if (!pids.isEmpty()) {
                pids.sort(null);
                children.put(parent.pid(), stats(pids));
            }
        }
        return children;
    }

    private void addChildren(int parent, int thread, List<Integer> pids) throws IOException {
        try {
            pids.addAll(files.children(parent, thread));
        } catch (GoneException ended) {
            LOG.log(Level.DEBUG, "a process has ended, and has no children any more", ended);
        } catch (IOException noSuchList) {
            // A thread may have ended since they were listed. The first one has a list as long as there is the process.
            if (thread == parent) {
                throw noSuchList;
            }
        }
    }

    private List<ProcessStat> stats(List<Integer> pids) {
        List<ProcessStat> stats = new ArrayList<>();
        for (int pid : pids) {
            try {
                stats.add(files.stat(pid));
            } catch (IOException ended) {
                LOG.log(Level.DEBUG, "a child has ended since the list was made", ended);
            }
        }
        return stats;
    }

    private Map<Integer, List<ProcessStat>> byParent(Collection<ProcessStat> parents, int[] all) {
        Map<Integer, List<ProcessStat>> children = new HashMap<>();
        parents.forEach(parent -> children.put(parent.pid(), new ArrayList<>()));
        List<Integer> pids = new ArrayList<>();
        for (int pid : all) {
            pids.add(pid);
        }
        pids.sort(null);
        for (ProcessStat each : stats(pids)) {
            List<ProcessStat> siblings = children.get(each.parent());
            if (siblings != null) {
                siblings.add(each);
            }
        }
        return children;
    }
}
