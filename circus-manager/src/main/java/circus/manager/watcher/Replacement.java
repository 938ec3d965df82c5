package circus.manager.watcher;

import circus.manager.failpoint.Failpoint;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts new workers in the place of old ones: in a reload ({@link Renewal}), and where an earlier manager's workers were started with
 * another configuration. Runs on circus-loop only.
 */
final class Replacement {
    private static final System.Logger LOG = System.getLogger(Replacement.class.getName());

    private final String name;
    private final Crew crew;
    private final Workers workers;
    private final Recruiter recruiter;
    private final Desired desired;
    private final List<Worker> outdated = new ArrayList<>();

    /** The reload that is under way, until the last old worker was asked to end. */
    private @Nullable Renewal renewal;

    Replacement(String name, Crew crew, Recruiter recruiter, Desired desired) {
        this.name = name;
        this.crew = crew;
        this.workers = crew.workers();
        this.recruiter = recruiter;
        this.desired = desired;
    }

    /** This one runs with a configuration that is not today's. */
    void outdated(Worker worker) {
        outdated.add(worker);
    }

    int outdated() {
        return outdated.size();
    }

    /** A reload is under way. */
    boolean isUnderWay() {
        return renewal != null;
    }

    /** A reload is under way that has new workers beside the old ones. */
    boolean isDoubling() {
        return renewal != null && !renewal.isInTurn();
    }

    /** Nobody is left who was asked to end for a reload. */
    boolean isOver() {
        return renewal == null
                && workers.ending(ExitReason.RELOAD) == 0
                && workers.ending(ExitReason.RELOAD_IN_TURN) == 0;
    }

    /** Begins a reload. */
    void begin(boolean inTurn, long now) {
        recruiter.forgive();
        Renewal begun = Renewal.of(workers, desired.reloading(), outdated, inTurn);
        outdated.clear();
        begun.starting().forEach(worker -> crew.end(worker, begun.reason(), now));
        List<Worker> old = begun.running();
        int newcomers = workers.count(WorkerState::wanted) - old.size();
        if (old.isEmpty()) {
            desired.reloaded();
            recruiter.owe(desired.target() - newcomers);
            return;
        }
        renewal = begun;
        desired.reloading(begun.lastOld(), inTurn);
        recruiter.owe(inTurn ? 0 : desired.target() - newcomers);
    }

    /** Goes on with the reload. @return when time alone makes another step worth while */
    long step(long now) {
        Renewal under = renewal;
        if (under == null) {
            return Reconciler.NEVER;
        }
        if (recruiter.owed() == 0 && !under.isInTurn()) {
            Failpoint.IN_RELOAD.pass();
            under.running().forEach(worker -> crew.end(worker, ExitReason.RELOAD, now));
            end();
        } else if (recruiter.isHopeless() && nobodyStarts()) {
            LOG.log(Level.ERROR, "the reload of {0} is given up: {1}; old workers stay", name, recruiter.failure());
            recruiter.forgive();
            recruiter.owe(0);
            workers.surplus(desired.target()).forEach(worker -> crew.end(worker, under.reason(), now));
            end();
        } else if (recruiter.owed() == 0 && workers.replaced() == 0 && nobodyStarts()) {
            if (under.running().isEmpty()) {
                end();
            } else if (now < recruiter.warmUntil()) {
                return recruiter.warmUntil();
            } else {
                crew.end(under.running().get(0), under.reason(), now);
                recruiter.owe(1);
            }
        }
        return Reconciler.NEVER;
    }

    private boolean nobodyStarts() {
        return workers.count(WorkerState::coming) == 0;
    }

    /** No reload is under way any more; who was asked to end goes on doing so. */
    void end() {
        renewal = null;
        desired.reloaded();
    }

    /** Has the workers of another configuration make room for those of today's, each in its own place. */
    void replaceOutdated(long now) {
        int replaced = 0;
        for (Worker worker : outdated) {
            if (worker.state() == WorkerState.RUNNING) {
                crew.end(worker, ExitReason.REPLACE, now);
                replaced++;
            }
        }
        outdated.clear();
        if (replaced > 0 && !desired.respawn()) {
            int room = desired.target() - workers.count(WorkerState::wanted);
            recruiter.owe(Math.min(recruiter.owed() + replaced, room));
        }
    }
}
