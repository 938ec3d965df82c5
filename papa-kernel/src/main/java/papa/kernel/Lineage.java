package papa.kernel;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import papa.posix.Posix;
import papa.posix.Proc;

/**
 * Tells whose descendant a process is whose parents have gone. In this order, each of them certain:
 *
 * <ol>
 *   <li>its session: each process starts in one of its own, and everything in a session descends from who made it
 *   <li>it, or one of its session, was seen below a process when that one's tree was last walked
 *   <li>its cgroup, where processes have one
 *   <li>its standard output or error is a pipe that the kernel reads
 * </ol>
 *
 * <p>One that made a session for itself, gave up both streams, has no cgroup and lost its parent before anybody looked
 * cannot be told. Loop thread only.
 */
final class Lineage {
    /** Past this nobody more is remembered from walks. */
    private static final int MOST_SEEN = 65_536;

    private record Seen(long startTicks, Incarnation owner) {}

    /** What is remembered for the sake of one process. */
    private static final class Trace {
        private final Set<Integer> pids = new HashSet<>();
        private final Set<Integer> sessions = new HashSet<>();

        /** How many of those that were adopted are in a session, by its number. */
        private final Map<Integer, Integer> adopted = new HashMap<>();
    }

    private final Posix posix;
    private final Proc proc;
    private final IntFunction<@Nullable Incarnation> running;
    private final IntFunction<@Nullable Incarnation> byControlGroup;
    private final Map<Integer, Incarnation> sessions = new HashMap<>();
    private final Map<Integer, Seen> seen = new HashMap<>();
    private final Map<Long, Incarnation> pipes = new HashMap<>();
    private final Map<Incarnation, Trace> traces = new HashMap<>();
    private long pipeDevice;

    /**
     * @param running finds a process that is not reaped yet by its pid, which is also its session's number
     * @param byControlGroup finds the process in whose cgroup a pid is
     */
    Lineage(
            Posix posix,
            Proc proc,
            IntFunction<@Nullable Incarnation> running,
            IntFunction<@Nullable Incarnation> byControlGroup) {
        this.posix = posix;
        this.proc = proc;
        this.running = running;
        this.byControlGroup = byControlGroup;
    }

    /** The process that this one descends from; null if that cannot be told. */
    @Nullable
    Incarnation ownerOf(Proc.Stat stat) {
        Incarnation owner = running.apply(stat.session());
        if (owner == null) {
            owner = sessions.get(stat.session());
        }
        Seen before = seen.get(stat.pid());
        if (owner == null && before != null && before.startTicks == stat.startTicks()) {
            owner = before.owner;
        }
        if (owner == null) {
            owner = byControlGroup.apply(stat.pid());
        }
        return owner == null ? byPipe(stat) : owner;
    }

    private @Nullable Incarnation byPipe(Proc.Stat stat) {
        long[] deviceAndInode = new long[2];
        for (int stream = 1; stream <= 2; stream++) {
            if (proc.identifyDescriptor(stat.pid(), stream, deviceAndInode)) {
                Incarnation owner = pipes.get(deviceAndInode[1]);
                if (owner != null && deviceAndInode[0] == pipeDevice) {
                    return owner;
                }
            }
        }
        return null;
    }

    /** Remembers a pipe that the kernel reads for a process. */
    void reads(Incarnation owner, int pipe) {
        long[] deviceAndInode = new long[2];
        if (posix.identify(pipe, deviceAndInode) >= 0) {
            pipeDevice = deviceAndInode[0]; // all pipes of a machine have one
            pipes.put(deviceAndInode[1], owner);
            owner.pipes.add(deviceAndInode[1]);
        }
    }

    /** The process is forgotten; the numbers of its pipes may come again. */
    void released(Incarnation owner) {
        owner.pipes.forEach(inode -> pipes.remove(inode, owner));
        forget(owner);
    }

    /** One that descends from a process has been adopted; whoever is in its session descends from it, too. */
    void adopted(Incarnation owner, Proc.Stat stat) {
        Trace trace = traces.computeIfAbsent(owner, each -> new Trace());
        trace.adopted.merge(stat.session(), 1, Integer::sum);
        found(owner, trace, stat);
    }

    /** One of those has been reaped. A session's number can be another's once nobody is in it any more. */
    void reaped(Incarnation owner, Proc.Stat stat) {
        Trace trace = traces.get(owner);
        if (trace == null) {
            return;
        }
        Integer left = trace.adopted.computeIfPresent(stat.session(), (session, count) -> count > 1 ? count - 1 : null);
        if (left == null && stat.session() != owner.pid && trace.sessions.remove(stat.session())) {
            sessions.remove(stat.session(), owner);
        }
    }

    private void found(Incarnation owner, Trace trace, Proc.Stat stat) {
        if (sessions.size() < MOST_SEEN && stat.session() > 0) {
            sessions.put(stat.session(), owner);
            trace.sessions.add(stat.session());
        }
    }

    /** All that was found when the tree of a process was walked, in place of what was found the last time. */
    void walked(Incarnation owner, Collection<Proc.Stat> descendants) {
        Trace before = traces.get(owner);
        forget(owner);
        Trace trace = new Trace();
        if (before != null) {
            trace.adopted.putAll(before.adopted);
        }
        traces.put(owner, trace);
        for (Proc.Stat each : descendants) {
            if (seen.size() < MOST_SEEN) {
                seen.put(each.pid(), new Seen(each.startTicks(), owner));
                trace.pids.add(each.pid());
            }
            found(owner, trace, each);
        }
    }

    /** Nobody is left of those that descend from it. */
    void forget(Incarnation owner) {
        Trace trace = traces.remove(owner);
        if (trace != null) {
            trace.sessions.forEach(session -> sessions.remove(session, owner));
            for (int pid : trace.pids) {
                Seen entry = seen.get(pid);
                if (entry != null && entry.owner == owner) {
                    seen.remove(pid);
                }
            }
        }
    }
}
