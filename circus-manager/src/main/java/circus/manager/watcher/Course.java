package circus.manager.watcher;

import circus.hook.HookPoint;
import circus.manager.watcher.Desired.Wish;
import circus.manager.watcher.HookGates.Gate;
import circus.manager.watcher.Operation.Kind;
import circus.message.Event;
import circus.message.EventKind;
import circus.options.WatcherOptions;
import java.lang.System.Logger.Level;

/**
 * The states of a watcher, and how it gets from one to the next.
 *
 * <pre>
 *   STOPPED ──start──► STARTING ──all spawned, warm-up over──► ACTIVE
 *      ▲                 │ │                                     │
 *      ├─before_start────┘ │                                     │
 *      │ is against it     ▼                                     │
 *      └───all gone─── STOPPING ◄──stop, restart, quit, cannot spawn, last one ended (respawn = false),
 *                                  before_spawn, after_spawn or after_start is against it
 * </pre>
 *
 * <p>With hooks ({@link HookGates}): in STARTING nothing is spawned before before_start has agreed, and ACTIVE comes only when after_start
 * has. In STOPPING the workers are asked to end when before_stop has answered, and STOPPED comes only when no hook runs any more; then
 * after_stop is called. A stop that comes while a hook of the start runs takes effect when that has answered.
 *
 * <p>With {@code on_demand} ({@link OnDemand}) a start only arms what is STOPPED, a connection starts it, and from ACTIVE it goes back to
 * STOPPED, armed, when all processes have ended.
 *
 * <p>A reload ({@link Replacement}) takes place within ACTIVE or STARTING; a stop ends it.
 *
 * <p>Runs on circus-loop only.
 */
final class Course {
    private static final System.Logger LOG = System.getLogger(Course.class.getName());
    private static final long NEVER = Reconciler.NEVER;

    private final String name;
    private final Blueprint blueprint;
    private final Surroundings around;
    private final HookGates gates;
    private final Recruiter recruiter;
    private final Crew crew;
    private final Workers workers;
    private final Desired desired;
    private final Replacement replacement;
    private final OnDemand onDemand;
    private final Ageing ageing;

    private WatcherStatus status = WatcherStatus.STOPPED;

    /** The present start has got past before_start. */
    private boolean opened;

    /** The workers were asked to end by the present stop. */
    private boolean ending;

    /** Why the present stop has them end. */
    private ExitReason endingFor = ExitReason.STOP;

    /** How often the status has changed: a step goes on until it does not any more. */
    private int transitions;

    /** The daemon ends: nothing new begins, and what was asked for stays written down as it is. */
    private boolean leaving;

    /** It was removed: there is nothing to write down any more. */
    private boolean retired;

    Course(
            String name,
            Blueprint blueprint,
            Surroundings around,
            HookGates gates,
            Recruiter recruiter,
            Crew crew,
            Workers workers,
            Desired desired,
            Replacement replacement,
            OnDemand onDemand) {
        this.name = name;
        this.blueprint = blueprint;
        this.around = around;
        this.gates = gates;
        this.recruiter = recruiter;
        this.crew = crew;
        this.workers = workers;
        this.desired = desired;
        this.replacement = replacement;
        this.onDemand = onDemand;
        this.ageing = new Ageing(blueprint, crew);
    }

    WatcherStatus status() {
        return status;
    }

    int transitions() {
        return transitions;
    }

    boolean isStopped() {
        return status == WatcherStatus.STOPPED;
    }

    boolean isLeaving() {
        return leaving;
    }

    /** Nothing new begins. */
    void leave() {
        leaving = true;
    }

    /** Nothing is written down any more. */
    void retire() {
        retired = true;
    }

    /** It runs already, started by an earlier manager. */
    void goOn(Wish kept) {
        become(WatcherStatus.ACTIVE);
        opened = true;
        recruiter.trust();
        desired.wish(kept);
    }

    /** Whether workers are to come in the place of others, or to come back. */
    boolean expectsSuccessors() {
        return switch (status) {
            case STARTING, ACTIVE -> leaving || missing() > 0 || workers.replaced() > 0;
            case STOPPING, STOPPED -> !leaving && (desired.wish() == Wish.RESTART || desired.wish() == Wish.PAUSE);
        };
    }

    private void become(WatcherStatus next) {
        status = next;
        transitions++;
    }

    /** The workers that are missing are owed to the operation that runs. */
    void recruitMissing() {
        if (status != WatcherStatus.STOPPED) {
            recruiter.owe(lacking());
        }
    }

    void start(long now) {
        desired.wish(Wish.RUN);
        boolean called = onDemand.isCalled();
        if (!called) {
            // What ends at once on each connection is still slowed down.
            recruiter.forgive();
        }
        if (status == WatcherStatus.STOPPED && onDemand.waits()) {
            return;
        }
        recruiter.owe(lacking());
        if (status == WatcherStatus.STOPPED) {
            become(WatcherStatus.STARTING);
            gates.renew();
            opened = false;
            open(now);
        }
    }

    /** Goes on with a start if before_start agrees. */
    private void open(long now) {
        Gate gate = gates.ask(HookPoint.BEFORE_START);
        if (gate == Gate.REFUSED) {
            LOG.log(Level.WARNING, "{0} is not started: its hook before_start is against it", name);
            desired.wish(Wish.NONE);
            become(WatcherStatus.STOPPED);
        } else if (gate == Gate.OPEN) {
            opened = true;
            recruiter.begin(now);
            if (desired.target() == 0) {
                LOG.log(Level.WARNING, "{0}: nothing is started: numprocesses is 0", name);
                desired.wish(Wish.NONE);
                beginStop(ExitReason.STOP, now);
            }
        }
    }

    /** New workers in the place of the old ones, or SIGHUP; starts what is stopped. */
    void reload(boolean inTurn, long now) {
        if (status == WatcherStatus.STOPPED) {
            start(now);
        } else if (blueprint.get(WatcherOptions.SEND_HUP)) {
            crew.hangUp();
        } else {
            replacement.begin(inTurn, now);
        }
    }

    /** Begins a stop of what runs. */
    void beginStop(ExitReason reason, long now) {
        if (status == WatcherStatus.ACTIVE || status == WatcherStatus.STARTING) {
            become(WatcherStatus.STOPPING);
            replacement.end();
            recruiter.owe(0);
            ending = false;
            endingFor = reason;
            // Before the first signal: whoever takes over from here on has to finish this.
            remember();
            goOnStopping(now);
        }
    }

    /** Asks the workers to end as soon as the hooks of a start that is given up, and then before_stop, have answered. */
    private void goOnStopping(long now) {
        Gate started = opened ? Gate.OPEN : gates.ask(HookPoint.BEFORE_START);
        if (started == Gate.REFUSED) {
            become(WatcherStatus.STOPPED);
            startAgain(now);
        } else if (started == Gate.OPEN && gates.ask(HookPoint.BEFORE_STOP) != Gate.WAITING) {
            ending = true;
            crew.endAll(endingFor, now);
        }
    }

    /** Does what is due. @return when to come again */
    long reconcile(long now) {
        long wake = NEVER;
        if (status == WatcherStatus.STOPPING) {
            if (!ending) {
                goOnStopping(now);
            }
            if (ending && workers.isEmpty() && gates.isIdle()) {
                stopped(now);
            }
        } else if ((status == WatcherStatus.ACTIVE || status == WatcherStatus.STARTING) && !leaving) {
            wake = run(now);
        }
        return Math.min(wake, crew.escalate(now));
    }

    private void stopped(long now) {
        become(WatcherStatus.STOPPED);
        around.publish(Event.of(name, EventKind.STOP, around.clock().now()));
        LOG.log(Level.INFO, "{0} stopped", name);
        Gate unused = gates.ask(HookPoint.AFTER_STOP);
        startAgain(now);
    }

    private void startAgain(long now) {
        if (desired.wish() == Wish.RESTART && !leaving) {
            start(now);
        }
    }

    private long run(long now) {
        if (!opened) {
            open(now);
            if (!opened || status != WatcherStatus.STARTING) {
                return NEVER;
            }
        }
        replacement.replaceOutdated(now);
        long wake =
                replacement.isUnderWay() ? NEVER : ageing.retire(around.clock().now(), now);
        boolean doubling = replacement.isDoubling();
        if (!doubling) {
            workers.surplus(desired.target()).forEach(worker -> crew.end(worker, ExitReason.DECR, now));
        }
        wake = Math.min(wake, recruiter.recruit(missing(), doubling, now));
        wake = Math.min(wake, replacement.step(now));
        if (!replacement.isUnderWay() && !recruiter.hasAttemptLeft()) {
            LOG.log(Level.ERROR, "{0} is stopped: {1}", name, recruiter.failure());
            desired.wish(Wish.NONE);
            beginStop(ExitReason.STOP, now);
        } else if (!replacement.isUnderWay() && recruiter.isRefused()) {
            // The one that was refused is sent its signal before the stop begins.
            if (gates.isIdle()) {
                LOG.log(Level.ERROR, "{0} is stopped: {1}", name, recruiter.failure());
                desired.wish(Wish.NONE);
                beginStop(ExitReason.STOP, now);
            }
        } else if (status == WatcherStatus.STARTING && recruiter.owed() == 0) {
            if (recruiter.warmUntil() <= now) {
                finishStart(now);
            } else {
                wake = Math.min(wake, recruiter.warmUntil());
            }
        } else if (status == WatcherStatus.ACTIVE && onDemand.isWanted() && isFinished()) {
            become(WatcherStatus.STOPPED);
            onDemand.arm();
        } else if (status == WatcherStatus.ACTIVE && !desired.respawn() && isFinished()) {
            desired.wish(Wish.STAY_STOPPED);
            beginStop(ExitReason.STOP, now);
        }
        return wake;
    }

    /** How many are to be spawned, without the successors of those that end: these come by themselves. */
    private int lacking() {
        int lacking = desired.target() - workers.count(WorkerState::wanted);
        return desired.respawn() ? lacking - workers.replaced() : lacking;
    }

    private int missing() {
        int starting = workers.count(WorkerState::coming);
        if (replacement.isDoubling()) {
            return recruiter.owed() - starting;
        }
        int missing =
                desired.respawn() ? desired.target() - workers.count(WorkerState::wanted) : recruiter.owed() - starting;
        return missing - workers.replaced();
    }

    private void finishStart(long now) {
        Gate gate = gates.ask(HookPoint.AFTER_START);
        if (gate == Gate.REFUSED) {
            LOG.log(Level.WARNING, "{0} is stopped: its hook after_start is against it", name);
            desired.wish(Wish.NONE);
            beginStop(ExitReason.STOP, now);
        } else if (gate == Gate.OPEN) {
            started();
        }
    }

    private void started() {
        become(WatcherStatus.ACTIVE);
        around.publish(Event.of(name, EventKind.START, around.clock().now()));
        LOG.log(Level.INFO, "{0} started", name);
    }

    /** Every worker has ended by itself, and none is to follow. */
    private boolean isFinished() {
        return recruiter.owed() == 0 && desired.target() > 0 && workers.isEmpty();
    }

    /** Whether this operation has come to its end. */
    boolean isThrough(Operation current) {
        return gates.isIdle()
                && (status == WatcherStatus.STOPPED
                        || isLeftToRetries(current)
                        || (status == WatcherStatus.ACTIVE
                                && current.kind() != Kind.STOP
                                && current.kind() != Kind.PAUSE
                                && recruiter.owed() == 0
                                && replacement.isOver()
                                && workers.ending(ExitReason.DECR) == 0));
    }

    /** Whoever asked need not wait for attempts that go on for ever (max_retry = -1), nor keep others from stopping them. */
    private boolean isLeftToRetries(Operation current) {
        return status == WatcherStatus.STARTING
                && current.kind() != Kind.STOP
                && current.kind() != Kind.PAUSE
                && recruiter.hasAttemptLeft()
                && recruiter.isHopeless();
    }

    /** Writes down what the next manager needs to know. */
    void remember() {
        if (!leaving && !retired) {
            desired.remember(status == WatcherStatus.ACTIVE);
        }
    }
}
