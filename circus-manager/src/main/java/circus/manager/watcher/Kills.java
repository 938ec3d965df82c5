package circus.manager.watcher;

import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.options.WatcherOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * The command kill: has processes end that others are to follow, each at its place, and tells who waits when nothing of them is left. It is
 * no {@link Operation}: it stands in nobody's way, and nobody in its. Runs on circus-loop only.
 */
final class Kills {
    /** More than this are not under way at once: what a process does not do after so many it will not do after one more. */
    static final int MOST = 1_000;

    private static final class Kill {
        private final Set<Worker> dying;
        private final Outcome outcome;

        Kill(Set<Worker> dying, Outcome outcome) {
            this.dying = dying;
            this.outcome = outcome;
        }
    }

    private final String name;
    private final Blueprint blueprint;
    private final Crew crew;
    private final List<Kill> underWay = new ArrayList<>();

    Kills(String name, Blueprint blueprint, Crew crew) {
        this.name = name;
        this.blueprint = blueprint;
        this.crew = crew;
    }

    /** Asks who is meant to end. Who ends already is not asked again, but gets no more time than this leaves. */
    void begin(KillOrder order, Outcome outcome, long now) throws CommandException {
        if (underWay.size() >= MOST) {
            throw new CommandException(
                    ErrorCode.COMMAND_ERROR,
                    "cannot kill processes of " + name + ": " + MOST + " kills wait for their end already");
        }
        int signum = order.signum().orElse(blueprint.get(WatcherOptions.STOP_SIGNAL));
        Duration grace = order.grace().orElse(blueprint.seconds(WatcherOptions.GRACEFUL_TIMEOUT));
        Set<Worker> dying = new HashSet<>();
        for (Worker worker : crew.workers().alive()) {
            if (order.pid().isEmpty() || order.pid().getAsLong() == worker.pid()) {
                dying.add(worker);
                crew.end(worker, ExitReason.KILL, order.behalf(), signum, grace.toNanos(), now);
            }
        }
        underWay.add(new Kill(dying, outcome));
        review();
    }

    /** Tells those for whom nobody is left. */
    void review() {
        Iterator<Kill> kills = underWay.iterator();
        List<Outcome> done = new ArrayList<>();
        while (kills.hasNext()) {
            Kill kill = kills.next();
            kill.dying.removeIf(worker -> worker.state() == WorkerState.GONE);
            if (kill.dying.isEmpty()) {
                kills.remove();
                done.add(kill.outcome);
            }
        }
        done.forEach(outcome -> outcome.done(Change.NONE));
    }

    /** Nobody minds the processes any more. */
    void abandon(CommandException cause) {
        List<Kill> given = List.copyOf(underWay);
        underWay.clear();
        given.forEach(kill -> kill.outcome.failed(cause));
    }
}
