package papa.kernel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import papa.posix.Posix;
import papa.wire.Frame.Channel;
import papa.wire.Limit;

/**
 * What the kernel holds: processes, sockets, values, and who reads what. Everything that a request or an event changes is
 * changed here, on the loop's thread, and nowhere else.
 */
final class Kernel {
    private static final int MOST_PROCESSES = Limit.PROCESSES.most();
    private static final long TRACED_NANOS = 100_000_000L;

    final Posix posix;
    private final EventLoop loop;
    private final Spawner spawner;
    final Arena arena;
    private final Orphans orphans;
    final Leases leases;
    final OutputFlow flow;

    final Sockets sockets;
    final Values values = new Values(this::changed);
    private final LinkedHashMap<Long, Incarnation> processes = new LinkedHashMap<>();
    private final Map<String, Incarnation> latest = new HashMap<>();
    private final Map<Integer, Incarnation> running = new HashMap<>();
    final Launches launches;
    private final Set<Incarnation> dying = new LinkedHashSet<>();
    final Readers readers = new Readers();
    private final List<Runnable> changeListeners = new ArrayList<>();
    private Runnable roomListener = () -> {};
    final Remembered remembered = new Remembered();
    private long lastNumber;
    private boolean ending;

    Kernel(Posix posix, EventLoop loop, Spawner spawner, Arena arena) {
        this.posix = posix;
        this.loop = loop;
        this.spawner = spawner;
        this.arena = arena;
        this.orphans = new Orphans(posix, running::get);
        this.sockets = new Sockets(posix, loop, this::changed);
        this.launches = new Launches(loop, () -> roomListener.run());
        this.leases = new Leases(posix, loop, launches, new Leases.Things() {
            @Override
            public void ended(Lease lease) {
                leaseEnded(lease);
            }

            @Override
            public boolean existUnder(Lease lease) {
                return launches.anyUnder(lease)
                        || sockets.anyUnder(lease)
                        || values.all().keySet().stream().anyMatch(lease::covers)
                        || processes.values().stream().anyMatch(each -> lease.covers(each.spec.name()));
            }
        });
        this.flow = new OutputFlow(posix, loop, leases, arena, processes::values, this::outputEnded);
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
        remembered.demandRoom("start " + name, order.remembered().bytes() + Notes.bytes(order.annotations()));
        if (!launches.begin(order.spec())) {
            throw new Refusal("cannot start " + name + ": another request is starting it just now");
        }
        spawner.launch(order, new Spawner.Launched() {
            @Override
            public void started(Started started) {
                order.sockets().release(posix);
                Incarnation process = new Incarnation(++lastNumber, order.remembered(), started, order.annotations());
                begin(process, started);
                made.made(process); // before its end, which may have come already
                watchForEnd(process, started);
            }

            @Override
            public void failed(LaunchFailure failure) {
                order.sockets().release(posix);
                launches.dropStatus(failure.killedPid);
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
        remembered.begin(process);
        latest.put(process.spec.name(), process);
        running.put(process.pid, process);
        addCapture(process, Channel.OUT, started.stdoutPipe());
        addCapture(process, Channel.ERR, started.stderrPipe());
        readers.began(process);
    }

    private void watchForEnd(Incarnation process, Started started) {
        Integer status = launches.claimStatus(started);
        launches.done(process.spec.name());
        if (status != null) {
            orphans.adopt(launches.none());
            running.remove(process.pid);
            posix.close(process.pidfd);
            ended(process, status);
        } else if (process.pidfd >= 0) {
            watchPidfd(process);
        }
        if (ending) {
            signal(process, Posix.SIGTERM);
        }
    }

    private void watchPidfd(Incarnation process) {
        loop.addForCertain(
                process.pidfd, Posix.EPOLLIN, events -> died(process), () -> "the end of " + process.spec.name());
    }

    private void addCapture(Incarnation process, Channel channel, int pipe) {
        if (pipe >= 0) {
            Capture capture = new Capture(posix, arena, process, channel, pipe);
            process.captures.add(capture);
            flow.begin(capture);
        }
    }

    // Death.

    private void died(Incarnation process) {
        if (dying.isEmpty()) {
            loop.atEndOfTurn(this::reapDying);
        }
        dying.add(process);
        loop.remove(process.pidfd);
    }

    /** Those that died in this turn, together: what they left behind is looked up once for all. */
    private void reapDying() {
        orphans.adopt(launches.none());
        for (Incarnation process : List.copyOf(dying)) {
            int[] status = new int[1];
            int reaped = posix.waitFor(process.pid, status);
            if (reaped == 0) {
                // Somebody traces it and holds its end back: look again, but not without pause.
                loop.after(TRACED_NANOS, () -> watchPidfd(process));
                continue;
            }
            running.remove(process.pid);
            posix.close(process.pidfd);
            ended(process, reaped < 0 ? 0 : status[0]);
        }
        dying.clear();
    }

    /** A child has changed its state: reap the adopted, and children whose descriptor could not be watched. */
    void childChanged() {
        for (int pid = posix.peekEnded(); pid > 0; pid = posix.peekEnded()) {
            Incarnation process = running.get(pid);
            if (process != null) {
                died(process);
                reapDying();
                continue;
            }
            int[] status = new int[1];
            if (posix.waitFor(pid, status) != pid) {
                return;
            }
            if (orphans.knows(pid)) {
                orphans.reaped(pid).ifPresent(this::cleared);
            } else {
                launches.keepStatus(pid, status[0]);
            }
        }
    }

    private void cleared(Incarnation process) {
        if (process.hasEnded()) {
            readers.cleared(process);
            releaseIfSettled(process);
        }
    }

    private void ended(Incarnation process, int status) {
        process.end(status, Micros.now());
        readers.ended(process);
        if (process.forgotten) {
            release(process);
        } else {
            readers.look(process);
            releaseIfSettled(process);
        }
        changed();
    }

    private void outputEnded(Incarnation process) {
        readers.outputEnded(process);
        readers.look(process);
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
        remembered.end(process);
        latest.remove(process.spec.name(), process);
        process.captures.forEach(Capture::clear);
        readers.released(process);
        changed();
    }

    /** Sends a signal; whether the process was there to get it. */
    boolean signal(Incarnation process, int number) {
        if (process.hasEnded()) {
            return false;
        }
        int sent = process.pidfd >= 0 ? posix.pidfdSignal(process.pidfd, number) : posix.kill(process.pid, number);
        return sent >= 0;
    }

    /** Sends a signal to all that a process left behind. */
    boolean signalLeftovers(Incarnation process, int number) {
        boolean sent = false;
        for (int pid : orphans.tree(process)) {
            sent |= posix.kill(pid, number) >= 0;
        }
        return sent;
    }

    /** Papa's remove: its output is thrown away from now on, and its entry goes when it ends. It is not touched. */
    void forget(Incarnation process) {
        process.forgotten = true;
        sockets.forgetProcess(process.spec.name());
        flow.forget(process);
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

    // Life.

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

    private void changed() {
        changeListeners.forEach(Runnable::run);
    }

    void refuseWhileEnding(String doing) throws Refusal {
        if (ending) {
            throw new Refusal("cannot " + doing + ": papa is ending");
        }
    }

    /** Ends all processes, with grace, and then calls {@code done}. */
    void endAll(long graceNanos, Runnable done) {
        if (ending) {
            return;
        }
        ending = true;
        spawner.endHanging(graceNanos);
        running.values().forEach(each -> signal(each, Posix.SIGTERM));
        EventLoop.Timer kill = loop.after(
                graceNanos, () -> List.copyOf(running.values()).forEach(each -> signal(each, Posix.SIGKILL)));
        Runnable look = () -> {
            if (running.isEmpty() && launches.none()) {
                kill.cancel();
                processes.values().forEach(each -> signalLeftovers(each, Posix.SIGKILL));
                done.run();
            }
        };
        onChange(look);
        look.run();
    }

    /** Closes what has a trace outside. */
    void close() {
        sockets.close();
    }
}
