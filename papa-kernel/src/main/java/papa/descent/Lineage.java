package papa.descent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import papa.posix.Posix;
import papa.posix.Proc;
import papa.process.Incarnation;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateReader;
import papa.state.StateWriter;

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
public final class Lineage {
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
    public Lineage(
            Posix posix,
            Proc proc,
            IntFunction<@Nullable Incarnation> running,
            IntFunction<@Nullable Incarnation> byControlGroup) {
        this.posix = posix;
        this.proc = proc;
        this.running = running;
        this.byControlGroup = byControlGroup;
    }

    /** All for whose sake something is remembered. */
    public Set<Incarnation> owners() {
        Set<Incarnation> owners = new LinkedHashSet<>(pipes.values());
        owners.addAll(traces.keySet());
        return owners;
    }

    /**
     * {@code pipes}: device, of all pipes. Then for each process of which something is remembered a {@code lineage}: of (its
     * number), pipe (inodes), session, seen (pid and start time, each), adopted (session, and how many of those adopted are
     * in it). To be written after the processes.
     */
    public void save(StateWriter out) {
        out.line("pipes").put("device", pipeDevice).end();
        Map<Incarnation, List<Long>> inodes = new HashMap<>();
        pipes.forEach((inode, owner) ->
                inodes.computeIfAbsent(owner, each -> new ArrayList<>(2)).add(inode));
        for (Incarnation owner : owners()) {
            StateWriter.Line line = out.line("lineage").put("of", owner.number);
            inodes.getOrDefault(owner, List.of()).forEach(inode -> line.put("pipe", inode));
            Trace trace = traces.get(owner);
            if (trace != null) {
                line.flag("traced", true);
                // What passed on to another process stands there.
                trace.sessions.stream()
                        .filter(session -> sessions.get(session) == owner)
                        .forEach(session -> line.put("session", session));
                trace.adopted.forEach((session, count) -> line.tuple("adopted", session, count));
                for (int pid : trace.pids) {
                    Seen entry = seen.get(pid);
                    if (entry != null && entry.owner == owner) {
                        line.tuple("seen", pid, entry.startTicks);
                    }
                }
            }
            line.end();
        }
    }

    /** @param byNumber finds a process, also one that is only remembered */
    public void restoreFrom(StateReader reader, LongFunction<@Nullable Incarnation> byNumber) {
        reader.on("pipes", line -> pipeDevice = line.number("device", Long.MIN_VALUE, Long.MAX_VALUE));
        reader.on("lineage", line -> {
            Incarnation owner = byNumber.apply(line.number("of", 1, Long.MAX_VALUE));
            if (owner == null || traces.containsKey(owner)) {
                throw line.wrong("there is no such process, or it was told already");
            }
            for (long[] inode : line.tuples("pipe", 1)) {
                pipes.put(inode[0], owner);
                owner.pipes.add(inode[0]);
            }
            if (line.flag("traced")) {
                traces.put(owner, trace(line, owner));
            }
        });
    }

    private Trace trace(StateLine line, Incarnation owner) throws StateException {
        Trace trace = new Trace();
        for (long[] session : line.tuples("session", 1)) {
            int number = number(line, session[0]);
            sessions.put(number, owner);
            trace.sessions.add(number);
        }
        for (long[] adopted : line.tuples("adopted", 2)) {
            trace.adopted.put(number(line, adopted[0]), number(line, adopted[1]));
        }
        for (long[] each : line.tuples("seen", 2)) {
            int pid = number(line, each[0]);
            seen.put(pid, new Seen(each[1], owner));
            trace.pids.add(pid);
        }
        return trace;
    }

    private static int number(StateLine line, long told) throws StateException {
        if (told < -1 || told > Integer.MAX_VALUE) {
            throw line.wrong(told + " is no number of a process or session");
        }
        return (int) told;
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
    public void reads(Incarnation owner, int pipe) {
        long[] deviceAndInode = new long[2];
        if (posix.identify(pipe, deviceAndInode) >= 0) {
            pipeDevice = deviceAndInode[0]; // all pipes of a machine have one
            pipes.put(deviceAndInode[1], owner);
            owner.pipes.add(deviceAndInode[1]);
        }
    }

    /** The process is forgotten; the numbers of its pipes may come again. */
    public void released(Incarnation owner) {
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
    void reaped(Incarnation owner, int session) {
        Trace trace = traces.get(owner);
        if (trace == null) {
            return;
        }
        Integer left = trace.adopted.computeIfPresent(session, (number, count) -> count > 1 ? count - 1 : null);
        if (left == null && session != owner.pid && trace.sessions.remove(session)) {
            sessions.remove(session, owner);
        }
    }

    /**
     * It has ended while there was no kernel, and nobody has its number now: whoever is in its session descends from it. To be forgotten
     * again if nobody is.
     */
    void diedUnseen(Incarnation owner) {
        if (sessions.size() < MOST_SEEN && sessions.putIfAbsent(owner.pid, owner) == null) {
            traces.computeIfAbsent(owner, each -> new Trace()).sessions.add(owner.pid);
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
