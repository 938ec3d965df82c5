package papa.kernel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import papa.cgroup.ControlGroups;
import papa.descent.Apart;
import papa.descent.Lineage;
import papa.descent.Orphans;
import papa.descent.SetSignal;
import papa.descent.SignalSet;
import papa.descent.SignalSets;
import papa.descent.Strays;
import papa.init.Init;
import papa.launch.LaunchOrder;
import papa.launch.Spawner;
import papa.launch.Started;
import papa.loop.Chores;
import papa.loop.EventLoop;
import papa.loop.Micros;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.Proc;
import papa.process.Arena;
import papa.process.Capture;
import papa.process.Incarnation;
import papa.process.OutputFlow;
import papa.process.Remembered;
import papa.request.Refusal;
import papa.socket.Sockets;
import papa.wire.Frame.Channel;

/**
 * What the kernel holds: processes, sockets, values, and who reads what. Everything that a request or an event changes is
 * changed here, on the loop's thread, and nowhere else.
 */
final class Kernel {
    final Posix posix;
    final EventLoop loop;
    private final Spawner spawner;
    final Arena arena;
    final Proc proc;
    final Orphans orphans;
    final Strays strays;
    final Lineage lineage;
    final Deaths deaths;
    private final SignalSets signalSets;
    final ControlGroups<Incarnation> controlGroups;
    final Leases leases;
    final OutputFlow flow;
    final Copies copies;

    final Sockets sockets;
    final Knocks knocks;
    final Values values = new Values(this::changed);
    final ProcessTable processes = new ProcessTable();
    final Launches launches;
    private final Starts starts;
    final Settling settling = new Settling(this);
    final Readers readers = new Readers();
    private final List<Runnable> changeListeners = new ArrayList<>();
    private Runnable roomListener = () -> {};
    final Remembered remembered = new Remembered();
    private @Nullable Ending ending;

    /** Only with --init. */
    @Nullable
    Init init;

    Kernel(Posix posix, EventLoop loop, Spawner spawner, Arena arena, ControlGroups<Incarnation> controlGroups) {
        this.posix = posix;
        this.controlGroups = controlGroups;
        this.loop = loop;
        this.spawner = spawner;
        this.arena = arena;
        this.sockets = new Sockets(posix, loop, this::changed);
        this.knocks = new Knocks(loop, sockets);
        this.launches = new Launches(loop, () -> roomListener.run());
        this.starts = new Starts(this, spawner);
        this.proc = new Proc(posix);
        Map<Integer, Incarnation> running = new HashMap<>();
        this.lineage = new Lineage(posix, proc, running::get, controlGroups::ownerOf);
        this.orphans = new Orphans(posix, proc, lineage, pid -> isUnreaped(running.get(pid)), this::leaves);
        Chores chores = new Chores(loop);
        this.strays = new Strays(
                posix,
                proc,
                loop,
                chores,
                lineage,
                pid -> isUnreaped(running.get(pid)),
                this::leaves,
                process -> deaths().lessLeft(process));
        this.signalSets = new SignalSets(posix, proc, orphans, strays, lineage, chores);
        this.deaths = new Deaths(posix, loop, orphans, strays, launches, running, new Ends());
        this.leases = new Leases(posix, loop, launches, new Leases.Things() {
            @Override
            public void ended(Lease lease) {
                leaseEnded(lease);
            }

            @Override
            public boolean existUnder(Lease lease) {
                return launches.anyUnder(lease)
                        || sockets.any(lease::covers)
                        || values.all().keySet().stream().anyMatch(lease::covers)
                        || processes.all().stream().anyMatch(each -> lease.covers(each.spec.name()));
            }
        });
        this.flow = new OutputFlow(posix, loop, leases::isAttended, arena, processes::all, this::outputEnded);
        this.copies = new Copies(this);
        sockets.keepCopies(copies);
        flow.onEmptied(copies::emptied);
    }

    // Processes.

    Collection<Incarnation> processes() {
        return processes.all();
    }

    /** The newest life of a name. */
    @Nullable
    Incarnation latest(String name) {
        return processes.latest(name);
    }

    @Nullable
    Incarnation process(long number) {
        return processes.get(number);
    }

    void makeProcess(LaunchOrder order, Starts.Made made) throws Refusal {
        refuseWhileEnding("start " + order.spec().name());
        starts.make(order, made);
    }

    private static boolean isUnreaped(@Nullable Incarnation process) {
        return process != null && !process.reaped;
    }

    /** A process has been started. */
    void begin(Incarnation process, Started started) {
        processes.add(process);
        remembered.begin(process);
        deaths.begin(process);
        addCapture(process, Channel.OUT, started.stdoutPipe());
        addCapture(process, Channel.ERR, started.stderrPipe());
        copies.began(process);
        readers.began(process);
    }

    private void addCapture(Incarnation process, Channel channel, int pipe) {
        if (pipe >= 0) {
            Capture capture = new Capture(posix, arena, process, channel, pipe);
            process.captures.add(capture);
            lineage.reads(process, pipe);
            flow.begin(capture);
        }
    }

    /** Whose output comes through which pipe, of one that another kernel had started. */
    void reads(Incarnation process) {
        for (Capture capture : process.captures) {
            if (capture.pipe() >= 0) {
                lineage.reads(process, capture.pipe());
            }
        }
    }

    // Death.

    private final class Ends implements Deaths.Listener {
        @Override
        public void ended(Incarnation process, int status) {
            Kernel.this.ended(process, status);
        }

        @Override
        public void lessLeft(Incarnation process) {
            Kernel.this.lessLeft(process);
        }

        @Override
        public void strangerEnded() {
            changed();
        }
    }

    /** A child has changed its state. */
    void childChanged() {
        deaths.childChanged();
    }

    private Deaths deaths() {
        return deaths;
    }

    private void leaves(Incarnation process, Proc.Stat newcomer) {
        copies.left(process, newcomer);
        leaves(process);
    }

    /** Something new is left of a process: when it loses its parents in turn, it is to be known again. */
    void leaves(Incarnation process) {
        loop.post(() -> signalSets.rememberLeftovers(process));
    }

    /** All that another kernel had started, also those that have ended. */
    List<Incarnation> fosters() {
        List<Incarnation> fosters = new ArrayList<>(processes.all());
        fosters.addAll(processes.released());
        fosters.removeIf(each -> !each.foster);
        return fosters;
    }

    /** Has it known again what descends from processes that another kernel had started: it will never be adopted here. One at a time. */
    void rememberTrees(Iterator<Incarnation> fosters) {
        while (fosters.hasNext()) {
            Incarnation process = fosters.next();
            if (!process.reaped) {
                signalSets.rememberTree(process, () -> rememberTrees(fosters));
                return;
            }
        }
    }

    /** What follows from who is in the cgroup of a process that has ended. */
    ControlGroups.Use groupUse(Incarnation process) {
        return new ControlGroups.Use() {
            @Override
            public void populated(boolean somebody) {
                process.groupPopulated = somebody;
            }

            @Override
            public void emptied() {
                lessLeft(process);
            }
        };
    }

    private void lessLeft(Incarnation process) {
        if (process.hasEnded() && process.left() == 0) {
            lineage.released(process);
            if (process.hasLeft) {
                process.hasLeft = false;
                readers.cleared(process);
            }
            settling.releaseIfSettled(process);
        }
        changed();
    }

    private void ended(Incarnation process, int status) {
        process.end(status, Micros.now());
        copies.ended(process);
        controlGroups.ended(process.number, process.controlGroup, groupUse(process));
        process.hasLeft = process.left() > 0;
        readers.ended(process);
        if (process.forgotten) {
            settling.release(process);
        } else {
            readers.look(process);
            settling.releaseIfSettled(process);
        }
        changed();
    }

    private void outputEnded(Incarnation process) {
        processes.outputEnded(process);
        readers.outputEnded(process);
        readers.look(process);
        settling.releaseIfSettled(process);
    }

    /** Sends a signal: 0 or more, or a negated errno, ESRCH where nobody was there to get it. */
    int signal(Incarnation process, int number) {
        if (process.reaped) {
            return Errno.ESRCH.negated();
        }
        // It is not reaped, so its pid is its own.
        return process.pidfd >= 0 ? posix.pidfdSignal(process.pidfd, number) : posix.kill(process.pid, number);
    }

    /**
     * The same. It may be the last one for that process: where what it leaves will not be adopted here, all that descends from it is
     * listed before.
     *
     * @param sent told the result, at once or later
     */
    void signal(Incarnation process, int number, IntConsumer sent) {
        if (process.foster && !process.reaped) {
            signalSets.rememberTree(process, () -> sent.accept(signal(process, number)));
        } else {
            sent.accept(signal(process, number));
        }
    }

    /** Sends a signal to a set of processes; {@code done} is told at once or later. False if there is too much to do. */
    boolean signalSet(Incarnation process, SignalSet set, int number, SetSignal.Done done) {
        return signalSets.send(process, set, number, done);
    }

    /** The same to one child of a process. */
    boolean signalChild(Incarnation process, int child, int number, SetSignal.Done done) {
        return signalSets.sendToChild(process, child, number, done);
    }

    boolean signalStrangers(int number, SetSignal.Done done) {
        return signalSets.sendToStrangers(number, done);
    }

    void signalRunning(int number) {
        List.copyOf(deaths.running()).forEach(each -> signal(each, number, sent -> {}));
    }

    /** What was adopted, and nobody can tell whose it was. */
    Collection<Orphans.Stranger> strangers() {
        return orphans.strangers();
    }

    /** Whether there are any that are to be ended with the kernel. */
    boolean mustEndStrangers() {
        return orphans.mayEndStrangers() && orphans.hasStrangers();
    }

    Apart apart() {
        return orphans.apart();
    }

    /** The processes that something is left of. */
    Collection<Incarnation> left() {
        Set<Incarnation> owners = orphans.owners();
        owners.addAll(strays.owners());
        return owners;
    }

    private void leaseEnded(Lease lease) {
        copies.ended(lease);
        for (Incarnation process : List.copyOf(processes.all())) {
            if (lease.covers(process.spec.name())) {
                flow.leftAlone(process);
            }
        }
        flow.starved.feedAll();
        changed();
    }

    // Life.

    boolean hasManager() {
        return init != null && init.hasManager();
    }

    boolean isIdle() {
        return processes.isEmpty() && launches.none() && sockets.isEmpty() && values.isEmpty();
    }

    /** Tells a listener when requests may be read again, after launches had filled what there is for them. */
    void onRoom(Runnable listener) {
        roomListener = listener;
    }

    /** Tells a listener whenever the kernel may have become idle. */
    void onChange(Runnable listener) {
        changeListeners.add(listener);
    }

    /** It may have become idle. */
    void changed() {
        changeListeners.forEach(Runnable::run);
    }

    void refuseWhileEnding(String doing) throws Refusal {
        if (ending != null) {
            throw new Refusal("cannot " + doing + ": papa is ending");
        }
    }

    /** Ends all processes, with grace, and then calls {@code done}. */
    void endAll(long graceNanos, Runnable done) {
        if (ending == null) {
            ending = new Ending(this, loop, graceNanos, done);
            spawner.endHanging(graceNanos);
            onChange(ending::look);
            ending.begin();
        }
    }

    /** Whether nothing is under way that somebody waits for: all that is known stands in the tables. */
    boolean isQuiet() {
        return launches.none()
                && !sockets.areOpening()
                && signalSets.areIdle()
                && strays.areIdle()
                && deaths.isSettled();
    }

    boolean isEnding() {
        return ending != null;
    }

    /** Whether processes may be started in cgroups of their own. */
    boolean hasControlGroups() {
        return controlGroups.canBeMade();
    }

    boolean runsNothing() {
        return deaths.running().isEmpty() && launches.none();
    }

    /** Closes what has a trace outside. */
    void close() {
        sockets.close();
        controlGroups.close();
    }
}
