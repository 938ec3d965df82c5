package circus.manager.watcher;

import circus.hook.HookPoint;
import circus.manager.config.CommandLineException;
import circus.manager.failpoint.Failpoint;
import circus.manager.hook.HookFacts;
import circus.manager.kernel.LaunchSpec;
import circus.manager.kernel.Launched;
import circus.manager.kernel.SpawnReply;
import circus.manager.watcher.WorkerState.Happening;
import circus.options.WatcherOptions;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Starts the workers of one watcher at the right pace: the first alone, to see whether the command works, and then as many at once as are
 * missing; with a {@code warmup_delay}, or a hook that is asked about each, one after the other; what fails again and again as {@link Pacing} says. Runs on circus-loop only.
 */
final class Recruiter {
    private static final System.Logger LOG = System.getLogger(Recruiter.class.getName());

    /** No more than this are asked of the kernel at once, so that one watcher does not take all of a turn. */
    static final int MOST_COMING = 1_000;

    private final Watcher watcher;
    private final Blueprint blueprint;
    private final Crew crew;
    private final HookGates gates;
    private final WorkerSlots slots;
    private final Surroundings around;
    private final Pacing pacing = new Pacing();

    /** How many successful spawns the running operation still waits for. */
    private int owed;

    /** A worker has come up since the last failure, so the command works and further ones need not wait for each other. */
    private boolean proven;

    /** No worker is spawned before this moment. */
    private long warmUntil;

    /** A hook does not want a worker, and nobody has asked anew since. */
    private @Nullable HookPoint refusal;

    Recruiter(
            Watcher watcher, Blueprint blueprint, Crew crew, HookGates gates, WorkerSlots slots, Surroundings around) {
        this.watcher = watcher;
        this.blueprint = blueprint;
        this.crew = crew;
        this.gates = gates;
        this.slots = slots;
        this.around = around;
    }

    /** Somebody wants workers anew: what was before does not count. */
    void forgive() {
        pacing.forget();
        refusal = null;
    }

    /** A start from nothing. */
    void begin(long now) {
        proven = false;
        warmUntil = now;
    }

    /** Workers of this command run already. */
    void trust() {
        proven = true;
    }

    int owed() {
        return owed;
    }

    void owe(int spawns) {
        owed = Math.max(0, spawns);
    }

    long warmUntil() {
        return warmUntil;
    }

    boolean hasAttemptLeft() {
        int most = blueprint.get(WatcherOptions.MAX_RETRY);
        return most < 0 || pacing.failures() < most;
    }

    /** Whether a reload is to be given up: its workers cannot be started, and the old ones are still there. */
    boolean isHopeless() {
        if (refusal != null) {
            return true;
        }
        int most = blueprint.get(WatcherOptions.MAX_RETRY);
        return pacing.failures() >= (most < 0 ? Pacing.QUICK_FAILURES : most);
    }

    int attempts() {
        return pacing.failures();
    }

    /** Why no worker comes up, in words. */
    String failure() {
        return refusal != null
                ? "its hook " + refusal.word() + " is against it"
                : attempts() + " attempts to start a worker failed";
    }

    /** Whether a hook does not want a worker. */
    boolean isRefused() {
        return refusal != null;
    }

    /** A worker ended that nobody had asked to. */
    void died(Worker worker, Instant ended, int code, long now) {
        pacing.pauses(blueprint.seconds(WatcherOptions.BACKOFF), blueprint.seconds(WatcherOptions.BACKOFF_MAX));
        if (pacing.died(worker.number(), worker.started(), ended, code, now)) {
            LOG.log(
                    Level.WARNING,
                    "{0}: worker {1} ends again and again, and is started only once a second from now on",
                    watcher.name(),
                    worker.number());
        }
        Duration pause = pacing.pause(worker.number());
        if (!pause.isZero()) {
            LOG.log(
                    Level.INFO,
                    "{0}: worker {1} ended quickly, and is started again in {2} s",
                    watcher.name(),
                    worker.number(),
                    String.valueOf(pause.toMillis() / 1e3));
        }
    }

    /**
     * Starts as many of the missing workers as may be started now.
     *
     * @param hurried without a warm-up between them
     * @return when to try again, as far as time decides that
     */
    long recruit(int missing, boolean hurried, long now) {
        int coming = crew.workers().count(WorkerState::coming);
        boolean inTurn = !proven || gates.has(HookPoint.BEFORE_SPAWN) || gates.has(HookPoint.AFTER_SPAWN);
        if (missing <= 0 || refusal != null || (coming > 0 && inTurn)) {
            return Reconciler.NEVER;
        }
        Duration warmup = blueprint.seconds(WatcherOptions.WARMUP_DELAY);
        boolean slowly = !hurried && !warmup.isZero();
        if (now < warmUntil && !hurried) {
            return warmUntil;
        }
        long wake = Reconciler.NEVER;
        if (coming >= MOST_COMING) {
            return Reconciler.NEVER;
        }
        for (int number : crew.workers().freeNumbers(Math.min(missing, MOST_COMING - coming))) {
            long notBefore = pacing.notBefore(number);
            if (notBefore > now) {
                wake = Math.min(wake, notBefore);
                continue;
            }
            if (!hasAttemptLeft()) {
                return Reconciler.NEVER;
            }
            warmUntil = now + (slowly ? warmup.toNanos() : 0);
            spawn(number);
            if (!proven || inTurn || slowly) {
                return Math.min(wake, warmUntil);
            }
        }
        return wake;
    }

    private void spawn(int number) {
        if (gates.has(HookPoint.BEFORE_SPAWN)) {
            Worker worker = crew.prepare(number);
            gates.call(HookPoint.BEFORE_SPAWN, HookFacts.worker(number), agreed -> prepared(worker, agreed));
        } else {
            place(crew.request(number));
        }
    }

    /** The hook before_spawn has answered; meanwhile its worker may have become superfluous. */
    private void prepared(Worker worker, boolean agreed) {
        if (!agreed) {
            refused(HookPoint.BEFORE_SPAWN);
        }
        if (agreed && worker.state() == WorkerState.PREPARING) {
            worker.on(Happening.AGREED);
            place(worker);
        } else {
            crew.failed(worker);
        }
    }

    /** The hook after_spawn has answered. */
    private void admitted(boolean agreed) {
        if (agreed) {
            owe(owed - 1);
        } else {
            refused(HookPoint.AFTER_SPAWN);
        }
    }

    private void refused(HookPoint point) {
        LOG.log(Level.WARNING, "{0}: the hook {1} is against another worker", watcher.name(), point.word());
        refusal = point;
    }

    private void place(Worker worker) {
        Launcher launcher = blueprint.launcher();
        slots.prepare(
                worker,
                launcher,
                watcher.target(),
                new WorkerSlots.Answer(slot -> launch(worker, launcher, slot), reason -> failed(worker, reason)));
    }

    private void launch(Worker worker, Launcher launcher, WorkerSlots.Slot slot) {
        if (worker.state() != WorkerState.STARTING) {
            failed(worker, "it is not wanted any more");
            return;
        }
        LaunchSpec spec;
        try {
            spec = launcher.launch(watcher.key(), worker.number(), slot);
        } catch (CommandLineException cannot) {
            failed(worker, String.valueOf(cannot.getMessage()));
            return;
        }
        around.kernel().spawn(spec, new SpawnReply() {
            @Override
            public void spawned(Launched process) {
                Failpoint.AFTER_SPAWN.pass();
                proven = true;
                pacing.succeeded();
                if (worker.state() == WorkerState.STARTING && gates.has(HookPoint.AFTER_SPAWN)) {
                    crew.spawnedOnTrial(worker, process, Recruiter.this::admitted);
                } else {
                    if (worker.state() == WorkerState.STARTING) {
                        owe(owed - 1);
                    }
                    crew.spawned(worker, process, around.clock().nanos());
                }
                around.changed(watcher);
            }

            @Override
            public void failed(String reason) {
                Recruiter.this.failed(worker, reason);
            }
        });
    }

    private void failed(Worker worker, String reason) {
        if (worker.state() == WorkerState.STARTING) {
            attemptFailed(reason, around.clock().nanos());
        }
        crew.failed(worker);
        around.changed(watcher);
    }

    private void attemptFailed(String reason, long now) {
        LOG.log(Level.WARNING, "error in ''{0}'': {1}", watcher.name(), reason);
        pacing.failed(now);
        proven = false;
        // Attempts follow each other at once; a warm-up is for workers that came up.
        warmUntil = now;
    }
}
