package circus.manager.watcher;

import circus.hook.HookPoint;
import circus.manager.failpoint.Failpoint;
import circus.manager.hook.HookFacts;
import circus.manager.kernel.Exit;
import circus.manager.kernel.Launched;
import circus.manager.kernel.SignalTarget;
import circus.manager.watcher.WorkerState.Happening;
import circus.message.Event;
import circus.message.EventKind;
import circus.options.WatcherOptions;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How the workers of one watcher come and go: when they are sent the signals that end them ({@link Signalling}), the deadlines of their
 * graceful end, what they leave behind, and the events that tell of it ({@link Obituary}). What is wanted, and when, is the
 * {@link Watcher}'s affair. Runs on circus-loop only.
 */
final class Crew {
    private static final System.Logger LOG = System.getLogger(Crew.class.getName());
    private static final int SIGHUP = 1;
    private static final int SIGKILL = 9;

    /** A tree that is being killed may still grow at its other end, so it is killed again until nothing of it is left. */
    private static final long PURGE_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();

    private final String name;
    private final Blueprint blueprint;
    private final Watcher owner;
    private final Surroundings around;
    private final Workers workers;
    private final HookGates gates;
    private final Signalling signalling;
    private final Obituary obituary;

    Crew(String name, Blueprint blueprint, Watcher owner, Workers workers, HookGates gates, Surroundings around) {
        this.name = name;
        this.blueprint = blueprint;
        this.owner = owner;
        this.workers = workers;
        this.gates = gates;
        this.around = around;
        this.signalling = new Signalling(name, blueprint, gates, around);
        this.obituary = new Obituary(name, gates, around);
    }

    Workers workers() {
        return workers;
    }

    Worker request(int number) {
        Worker worker = new Worker(number);
        workers.add(worker);
        return worker;
    }

    /** One that the hook before_spawn is asked about. */
    Worker prepare(int number) {
        Worker worker = Worker.prepared(number);
        workers.add(worker);
        return worker;
    }

    /** What no hook has agreed to yet is not started any more. */
    void withdraw() {
        for (Worker worker : workers.all()) {
            if (worker.state() == WorkerState.PREPARING) {
                worker.on(Happening.STOP_ASKED);
            }
        }
    }

    /** The daemon ends: who ends already gets no more time than a stop gives, whatever was granted before. */
    void hurry(long now) {
        for (Worker worker : workers.all()) {
            if (worker.state().ending() && worker.deadline() != Reconciler.NEVER) {
                worker.deadline(Math.min(worker.deadline(), after(now, graceNanos())));
            }
        }
    }

    /** The kernel has made its process; if its end was asked for meanwhile, that comes next. */
    void spawned(Worker worker, Launched process, long now) {
        worker.spawned(process);
        claim(worker);
        announce(worker);
        if (worker.state() == WorkerState.STOPPING) {
            sendStop(worker, now);
        }
    }

    /** The kernel has made its process, and there is a hook to be asked whether it may stay. */
    void spawnedOnTrial(Worker worker, Launched process, Consumer<Boolean> answer) {
        worker.spawnedOnTrial(process);
        claim(worker);
        gates.call(
                HookPoint.AFTER_SPAWN,
                HookFacts.process(worker.number(), process.pid()),
                agreed -> judged(worker, agreed, answer));
    }

    private void judged(Worker worker, boolean agreed, Consumer<Boolean> answer) {
        WorkerState before = worker.state();
        if (before != WorkerState.ON_TRIAL && before != WorkerState.DISMISSED) {
            return;
        }
        if (agreed) {
            worker.on(Happening.AGREED);
            announce(worker);
        } else {
            worker.refuse();
        }
        if (!agreed || before == WorkerState.ON_TRIAL) {
            answer.accept(agreed);
        }
        Exit exit = worker.heldBack();
        if (exit != null) {
            owner.exited(exit);
        } else if (worker.state() == WorkerState.STOPPING) {
            sendStop(worker, around.clock().nanos());
        }
    }

    private void claim(Worker worker) {
        workers.spawned(worker);
        around.claim(worker.incarnation(), owner);
    }

    private void announce(Worker worker) {
        worker.announced();
        around.publish(Event.of(name, EventKind.SPAWN, worker.pid(), worker.started()));
    }

    void failed(Worker worker) {
        worker.on(Happening.FAILED);
        workers.remove(worker);
    }

    Worker adopt(int number, Launched process) {
        Worker worker = Worker.adopted(number, process);
        workers.add(worker);
        around.claim(process.incarnation(), owner);
        return worker;
    }

    /** An earlier manager has asked for its end: it has the time that is left of what it was given. */
    void adoptEnding(Worker worker, Notice notice, long now) {
        worker.askToStop(notice.reason(), Behalf.NOBODY);
        worker.stopSignal(notice.signum());
        worker.deadline(after(now, notice.left(around.clock().now()).toNanos()));
    }

    /** It has ended while no manager was there, and an earlier one had asked for that. */
    void endedFor(Exit exit, ExitReason reason) {
        Worker worker = workers.find(exit.incarnation());
        if (worker != null) {
            worker.askToStop(reason, Behalf.NOBODY);
        }
    }

    /** Takes over what a process left behind whose end was told by an earlier manager. */
    void adoptLeftovers(int number, Launched process, long now) {
        Worker worker = adopt(number, process);
        worker.on(Happening.EXITED_LEAVING);
        endLeftovers(worker, now);
    }

    /** Asks for its graceful end; one that ends already goes on doing so. */
    void end(Worker worker, ExitReason reason, long now) {
        end(worker, reason, owner.behalf(), blueprint.get(WatcherOptions.STOP_SIGNAL), graceNanos(), now);
    }

    /** The same by a signal and within a time of its own. */
    void end(Worker worker, ExitReason reason, Behalf behalf, int signum, long graceNanos, long now) {
        WorkerState before = worker.state();
        worker.askToStop(reason, behalf);
        if (before == WorkerState.RUNNING) {
            worker.stopSignal(signum);
            worker.deadline(after(now, graceNanos));
            sendStop(worker, now);
        } else if (before == WorkerState.ON_TRIAL) {
            worker.stopSignal(signum);
            // The hook may take longer than the process's patience lasts.
            worker.deadline(after(now, graceNanos));
            Exit exit = worker.heldBack();
            if (exit != null) {
                owner.exited(exit);
            }
        } else if (worker.deadline() != Reconciler.NEVER) {
            worker.deadline(Math.min(worker.deadline(), signum == SIGKILL ? now : after(now, graceNanos)));
        }
    }

    /** Has all that run read their configuration again; no event tells of it. */
    void hangUp() {
        for (Worker worker : workers.all()) {
            if (worker.state() == WorkerState.RUNNING) {
                around.kernel().signal(worker.incarnation(), SIGHUP, SignalTarget.PROCESS);
            }
        }
    }

    /** Has all that run carry this note, for the next manager. */
    void annotate(String key, String value) {
        for (Worker worker : workers.alive()) {
            around.kernel().annotate(worker.incarnation(), key, value);
        }
    }

    void endAll(ExitReason reason, long now) {
        for (Worker worker : List.copyOf(workers.all())) {
            end(worker, reason, now);
        }
    }

    private void sendStop(Worker worker, long now) {
        signalling.stop(worker, stopSignal(worker));
        if (worker.deadline() == Reconciler.NEVER) {
            worker.deadline(after(now, graceNanos()));
        }
    }

    private int stopSignal(Worker worker) {
        return worker.stopSignal().orElse(blueprint.get(WatcherOptions.STOP_SIGNAL));
    }

    /** A time so far away that it cannot be counted is none that ever comes. */
    private static long after(long now, long nanos) {
        return nanos >= Reconciler.NEVER - now ? Reconciler.NEVER - 1 : now + nanos;
    }

    private long graceNanos() {
        return blueprint.seconds(WatcherOptions.GRACEFUL_TIMEOUT).toNanos();
    }

    /** Kills what had its time. @return when the next one's time is over */
    long escalate(long now) {
        long next = Reconciler.NEVER;
        if (!workers.anyEnds()) {
            return next;
        }
        Failpoint.IN_GRACE.pass();
        for (Worker worker : workers.all()) {
            if (worker.deadline() <= now) {
                kill(worker, now);
            }
            next = Math.min(next, worker.deadline());
        }
        return next;
    }

    private void kill(Worker worker, long now) {
        WorkerState before = worker.state();
        worker.on(Happening.GRACE_OVER);
        if (worker.state() == WorkerState.KILLED) {
            worker.deadline(Reconciler.NEVER);
            LOG.log(Level.INFO, "{0}: process {1} is killed: it did not end in time", name, pid(worker));
            signalling.kill(worker);
        } else {
            if (before == WorkerState.LINGERING) {
                LOG.log(
                        Level.WARNING,
                        "{0}: what process {1} left behind is killed: it did not end in time",
                        name,
                        pid(worker));
            }
            purge(worker, now);
        }
    }

    private void purge(Worker worker, long now) {
        around.kernel().signal(worker.incarnation(), SIGKILL, SignalTarget.LEFTOVERS);
        worker.deadline(now + PURGE_AGAIN_NANOS);
    }

    /**
     * A process has ended. Its leftovers, if any, are ended too, within the time that is left to it, or beside its successor if nobody had
     * asked for its end.
     *
     * @return the worker, or null for a process that is not of this watcher, or whose end waits for the hook after_spawn
     */
    @Nullable
    Worker exited(Exit exit, long now) {
        Worker worker = workers.find(exit.incarnation());
        if (worker == null || !worker.state().alive()) {
            return null;
        }
        if (worker.state() == WorkerState.ON_TRIAL) {
            worker.holdBack(exit);
            return null;
        }
        worker.on(exit.leftovers() > 0 ? Happening.EXITED_LEAVING : Happening.EXITED);
        ExitReason reason = worker.reason();
        if (signalling.isUnderWay(worker)) {
            signalling.afterwards(worker, () -> obituary.tell(worker, exit, reason));
        } else {
            obituary.tell(worker, exit, reason);
        }
        if (worker.state() == WorkerState.GONE) {
            forget(worker);
        } else {
            LOG.log(
                    Level.INFO,
                    "{0}: process {1} ended and left {2} behind",
                    name,
                    pid(worker),
                    String.valueOf(exit.leftovers()));
            endLeftovers(worker, now);
        }
        return worker;
    }

    private void endLeftovers(Worker worker, long now) {
        if (worker.state() == WorkerState.PURGED) {
            purge(worker, now);
            return;
        }
        // With stop_children, who was asked to end took its descendants along: a second signal would make some of them
        // end in a hurry.
        if (!blueprint.get(WatcherOptions.STOP_CHILDREN) || worker.reason() == ExitReason.DIED) {
            around.kernel().signal(worker.incarnation(), stopSignal(worker), SignalTarget.LEFTOVERS);
        }
        if (worker.deadline() == Reconciler.NEVER) {
            worker.deadline(after(now, graceNanos()));
        }
    }

    /** The last of what it left behind has gone. */
    void leftoversGone(long incarnation) {
        Worker worker = workers.find(incarnation);
        Exit exit = worker == null ? null : worker.heldBack();
        if (worker != null && exit != null) {
            worker.holdBack(exit.withoutLeftovers());
        }
        if (worker != null) {
            worker.on(Happening.LEFTOVERS_GONE);
            if (worker.state() == WorkerState.GONE) {
                forget(worker);
            }
        }
    }

    private void forget(Worker worker) {
        workers.remove(worker);
        around.release(worker.incarnation());
    }

    /** As text: a number would get thousands separators. */
    private static String pid(Worker worker) {
        return String.valueOf(worker.pid());
    }
}
