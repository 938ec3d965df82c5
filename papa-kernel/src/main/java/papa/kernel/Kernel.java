package papa.kernel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import papa.posix.Posix;
import papa.posix.Proc;
import papa.wire.Frame.Channel;

/**
 * What the kernel holds: processes, sockets, values, and who reads what. Everything that a request or an event changes is
 * changed here, on the loop's thread, and nowhere else.
 */
final class Kernel {
    private static final int MOST_PROCESSES = 32_768;
    private static final int MOST_SOCKETS = 4_096;
    private static final long MOST_REMEMBERED_BYTES = 8L * 1024 * 1024;

    private final Posix posix;
    private final EventLoop loop;
    private final Spawner spawner;
    private final Arena arena;
    private final Orphans orphans;
    private final Lineage lineage;
    private final Deaths deaths;
    private final SignalSets signalSets;
    private final ControlGroups controlGroups;
    final Leases leases;
    private final OutputFlow flow;

    private final TreeMap<String, HeldSocket> sockets = new TreeMap<>();
    private final Set<String> socketsBeingOpened = new LinkedHashSet<>();
    final Values values = new Values(this::changed);
    private final LinkedHashMap<Long, Incarnation> processes = new LinkedHashMap<>();
    private final Map<String, Incarnation> latest = new HashMap<>();
    final Launches launches;
    private final List<Follower> followers = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<Runnable> changeListeners = new ArrayList<>();
    private Runnable roomListener = () -> {};
    private long rememberedBytes;
    private long lastNumber;
    private @Nullable Ending ending;

    Kernel(Posix posix, EventLoop loop, Spawner spawner, Arena arena, ControlGroups controlGroups) {
        this.posix = posix;
        this.controlGroups = controlGroups;
        this.loop = loop;
        this.spawner = spawner;
        this.arena = arena;
        this.launches = new Launches(loop, () -> roomListener.run());
        Proc proc = new Proc(posix);
        Map<Integer, Incarnation> running = new HashMap<>();
        this.lineage = new Lineage(posix, proc, running::get, controlGroups::ownerOf);
        this.orphans = new Orphans(posix, proc, lineage, this::leaves);
        this.signalSets = new SignalSets(posix, proc, orphans, lineage, new Chores(loop));
        this.deaths = new Deaths(posix, loop, orphans, launches, running, new Ends());
        this.leases = new Leases(posix, loop, launches, this::leaseEnded);
        this.flow = new OutputFlow(posix, loop, leases, processes::values, this::outputEnded);
    }

    // Sockets.

    void makeSocket(SocketSpec spec, Reply reply) throws Refusal {
        HeldSocket existing = sockets.get(spec.name());
        if (existing != null) {
            if (!spec.agreesWith(existing.spec, existing.port)) {
                throw new Refusal("Socket for " + spec.name() + " has already been created - " + existing.describe());
            }
            reply.ok(existing.describe() + "\n");
            return;
        }
        boolean pathTaken = !spec.path().isEmpty()
                && sockets.values().stream().anyMatch(each -> each.spec.path().equals(spec.path()));
        if (pathTaken) {
            throw new Refusal("Socket for " + spec.path() + " has already been created");
        }
        refuseWhileEnding("make socket " + spec.name());
        if (sockets.size() >= MOST_SOCKETS) {
            throw new Refusal("cannot make socket " + spec.name() + ": there are " + MOST_SOCKETS + " already");
        }
        if (!socketsBeingOpened.add(spec.name())) {
            throw new Refusal("cannot make socket " + spec.name() + ": another request is making it just now");
        }
        spawner.open(spec, new Spawner.Opened() {
            @Override
            public void opened(HeldSocket socket) {
                socketsBeingOpened.remove(spec.name());
                sockets.put(spec.name(), socket);
                reply.ok(socket.describe() + "\n");
            }

            @Override
            public void failed(Refusal refusal) {
                socketsBeingOpened.remove(spec.name());
                reply.refused(refusal);
                changed();
            }
        });
    }

    Collection<HeldSocket> sockets() {
        return sockets.values();
    }

    @Nullable
    HeldSocket socket(String name) {
        return sockets.get(name);
    }

    void removeSocket(HeldSocket socket) {
        sockets.remove(socket.spec.name());
        socket.close(posix);
        changed();
    }

    // Processes.

    Collection<Incarnation> processes() {
        return processes.values();
    }

    /** The newest life of a name. */
    @Nullable
    Incarnation latest(String name) {
        return latest.get(name);
    }

    @Nullable
    Incarnation process(long number) {
        return processes.get(number);
    }

    /** Told how a process that was to be made went. */
    interface Made {
        void made(Incarnation process);

        void failed(LaunchFailure failure);
    }

    void makeProcess(LaunchOrder order, Made made) throws Refusal {
        String name = order.spec().name();
        refuseWhileEnding("start " + name);
        if (processes.size() + launches.count() >= MOST_PROCESSES) {
            throw new Refusal("cannot start " + name + ": there are " + MOST_PROCESSES + " processes already");
        }
        if (rememberedBytes + order.remembered().bytes() > MOST_REMEMBERED_BYTES) {
            throw new Refusal("cannot start " + name + ": the words of all processes take " + MOST_REMEMBERED_BYTES
                    + " bytes already, which is the most that is remembered");
        }
        if (launches.has(name)) {
            throw new Refusal("cannot start " + name + ": another request is starting it just now");
        }
        long number = ++lastNumber;
        ControlGroup group = order.spec().attributes().controlGroup() ? controlGroups.forNew(name, number) : null;
        launches.begin(order.spec());
        spawner.launch(order.in(group), new Spawner.Launched() {
            @Override
            public void started(Started started) {
                order.sockets().release(posix);
                Incarnation process = new Incarnation(number, order.remembered(), started, order.annotations());
                controlGroups.started(process);
                begin(process, started);
                made.made(process); // before its end, which may have come already
                deaths.watch(process, started);
                if (ending != null) {
                    signal(process, Posix.SIGTERM);
                }
            }

            @Override
            public void failed(LaunchFailure failure) {
                order.sockets().release(posix);
                launches.dropStatus(failure.killedPid);
                controlGroups.failed(number);
                launches.done(name);
                made.failed(failure);
                changed();
            }
        });
    }

    /** For a launch that was not begun. */
    void release(HandedOver handedOver) {
        handedOver.release(posix);
    }

    private void begin(Incarnation process, Started started) {
        processes.put(process.number, process);
        rememberedBytes += process.spec.bytes();
        latest.put(process.spec.name(), process);
        deaths.begin(process);
        addCapture(process, Channel.OUT, started.stdoutPipe());
        addCapture(process, Channel.ERR, started.stderrPipe());
        followers.forEach(each -> each.consider(process));
    }

    private void addCapture(Incarnation process, Channel channel, int pipe) {
        if (pipe >= 0) {
            Capture capture = new Capture(posix, arena, process, channel, pipe);
            process.captures.add(capture);
            lineage.reads(process, pipe);
            flow.begin(capture);
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

    /** Something new is left of a process: when it loses its parents in turn, it is to be known again. */
    private void leaves(Incarnation process) {
        loop.post(() -> signalSets.rememberLeftovers(process));
    }

    private void lessLeft(Incarnation process) {
        if (process.hasEnded() && process.left() == 0) {
            lineage.released(process);
            if (process.hasLeft) {
                process.hasLeft = false;
                followers.forEach(each -> each.gone(process));
            }
            releaseIfSettled(process);
        }
        changed();
    }

    private void ended(Incarnation process, int status) {
        process.end(status, Micros.now());
        controlGroups.ended(process, () -> lessLeft(process));
        process.hasLeft = process.left() > 0;
        followers.forEach(each -> each.exited(process));
        if (process.forgotten) {
            release(process);
        } else {
            List.copyOf(watches).forEach(Watch::look);
            releaseIfSettled(process);
        }
        changed();
    }

    private void outputEnded(Incarnation process) {
        followers.forEach(each -> each.outputEnded(process));
        List.copyOf(watches).forEach(Watch::look);
        releaseIfSettled(process);
    }

    private void releaseIfSettled(Incarnation process) {
        if (process.isSettled()) {
            release(process);
        }
    }

    private void release(Incarnation process) {
        if (processes.remove(process.number) == null) {
            return;
        }
        rememberedBytes -= process.spec.bytes();
        latest.remove(process.spec.name(), process);
        process.captures.forEach(Capture::clear);
        if (process.left() == 0) {
            lineage.released(process);
        }
        flow.feedStarved();
        followers.forEach(each -> each.released(process));
        List.copyOf(watches).forEach(each -> each.released(process));
        changed();
    }

    /** Sends a signal; whether the process was there to get it. */
    boolean signal(Incarnation process, int number) {
        if (process.reaped) {
            return false;
        }
        // It is not reaped, so its pid is its own.
        int sent = process.pidfd >= 0 ? posix.pidfdSignal(process.pidfd, number) : posix.kill(process.pid, number);
        return sent >= 0;
    }

    /** Sends a signal to a set of processes; {@code done} is told at once or later. False if there is too much to do. */
    boolean signalSet(Incarnation process, SignalSet set, int number, SetSignal.Done done) {
        return signalSets.send(process, set, number, done);
    }

    boolean signalStrangers(int number, SetSignal.Done done) {
        return signalSets.sendToStrangers(number, done);
    }

    void signalRunning(int number) {
        List.copyOf(deaths.running()).forEach(each -> signal(each, number));
    }

    /** What was adopted, and nobody can tell whose it was. */
    Collection<Orphans.Stranger> strangers() {
        return orphans.strangers();
    }

    /** Whether there are any that are to be ended with the kernel. */
    boolean mustEndStrangers() {
        return orphans.mayEndStrangers() && orphans.hasStrangers();
    }

    /** The processes that something is left of. */
    Collection<Incarnation> left() {
        return orphans.owners();
    }

    /** Papa's remove: its output is thrown away from now on, and its entry goes when it ends. It is not touched. */
    void forget(Incarnation process) {
        process.forgotten = true;
        process.captures.forEach(Capture::clear);
        flow.goOn(process);
        flow.feedStarved();
        if (process.hasEnded()) {
            release(process);
        }
    }

    // Committing.

    void commitOutput(Incarnation process, Channel channel, long offset) {
        Capture capture = process.capture(channel);
        if (capture != null) {
            capture.commit(offset);
            flow.committed(process);
            releaseIfSettled(process);
        }
    }

    void takeExit(Incarnation process) {
        if (process.hasEnded()) {
            process.exitTaken = true;
            releaseIfSettled(process);
        }
    }

    /** A watch has acknowledged output: it is freed, unless a lease's holder is to commit it. */
    void acknowledgeByWatch(Capture capture, long offset) {
        if (leases.covering(capture.owner.spec.name()) == null) {
            capture.commit(offset);
            flow.committed(capture.owner);
        }
    }

    void closedByWatch(Incarnation process) {
        if (leases.covering(process.spec.name()) == null) {
            release(process);
        }
    }

    private void leaseEnded(Lease lease) {
        for (Incarnation process : List.copyOf(processes.values())) {
            if (lease.covers(process.spec.name())) {
                flow.goOn(process);
            }
        }
        flow.feedStarved();
        changed();
    }

    // Readers.

    void follow(Follower follower) {
        followers.add(follower);
        List.copyOf(processes.values()).forEach(follower::consider);
    }

    void unfollow(Follower follower) {
        followers.remove(follower);
        follower.end();
    }

    void watch(Watch watch) {
        watches.add(watch);
    }

    void unwatch(Watch watch) {
        watches.remove(watch);
        watch.end();
    }

    // Life.

    boolean isIdle() {
        return processes.isEmpty()
                && launches.none()
                && socketsBeingOpened.isEmpty()
                && sockets.isEmpty()
                && values.isEmpty();
    }

    /** Tells a listener when requests may be read again, after launches had filled what there is for them. */
    void onRoom(Runnable listener) {
        roomListener = listener;
    }

    /** Tells a listener whenever the kernel may have become idle. */
    void onChange(Runnable listener) {
        changeListeners.add(listener);
    }

    private void changed() {
        changeListeners.forEach(Runnable::run);
    }

    private void refuseWhileEnding(String doing) throws Refusal {
        if (ending != null) {
            throw new Refusal("cannot " + doing + ": papa is ending");
        }
    }

    /** Ends all processes, with grace, and then calls {@code done}. */
    void endAll(long graceNanos, Runnable done) {
        if (ending == null) {
            ending = new Ending(this, loop, graceNanos, done);
            onChange(ending::look);
            ending.begin();
        }
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
        List.copyOf(sockets.values()).forEach(this::removeSocket);
        controlGroups.close();
    }
}
