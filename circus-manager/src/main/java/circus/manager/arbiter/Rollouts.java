package circus.manager.arbiter;

import circus.manager.watcher.Job;
import circus.manager.watcher.Reconciler;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The operations on several watchers: one runs, the others wait for their turn in the order in which they came. The daemon's own start of
 * its watchers runs beside them, and stands in nobody's way. Runs on circus-loop only.
 */
final class Rollouts implements Reconciler {
    /** More than this many do not wait: something asks without end. */
    static final int MOST_WAITING = 1_000;

    private final Agenda agenda;
    private final Deque<Rollout> waiting = new ArrayDeque<>();
    private @Nullable Rollout initial;
    private @Nullable Rollout current;

    Rollouts(Agenda agenda) {
        this.agenda = agenda;
    }

    boolean isFull() {
        return waiting.size() >= MOST_WAITING;
    }

    /** The lock name of what would make an impatient newcomer fail. */
    Optional<String> conflict() {
        if (current != null && !current.isOver()) {
            return Optional.of(current.order().lock());
        }
        return Optional.ofNullable(waiting.peek())
                .map(rollout -> rollout.order().lock());
    }

    /** The daemon's own start of its watchers. */
    void beginInitial(Rollout rollout) {
        initial = rollout;
        agenda.changed(rollout);
    }

    /** Takes one in, for when its turn comes. */
    void submit(Rollout rollout) {
        waiting.add(rollout);
        agenda.changed(this);
    }

    /** Somebody has asked something else of these since, of the daemon's own start. */
    void overtakeInitial(Collection<Watcher> chosen) {
        overtake(initial, chosen);
    }

    /** Somebody has asked something else of this one since: what runs leaves it out where it has not begun with it. */
    void overtake(Watcher watcher) {
        overtake(initial, List.of(watcher));
        overtake(current, List.of(watcher));
    }

    /** Nobody is to do anything more with this watcher. */
    void forget(Watcher watcher) {
        overtake(watcher);
        waiting.forEach(rollout -> overtake(rollout, List.of(watcher)));
    }

    private static void overtake(@Nullable Rollout rollout, Collection<Watcher> chosen) {
        if (rollout != null) {
            chosen.forEach(rollout::overtaken);
        }
    }

    /** One of them wants a step, or is over. */
    void changed(Rollout rollout) {
        agenda.changed(rollout.isOver() ? this : rollout);
    }

    @Override
    public long step(long now) {
        if (current == null || current.isOver()) {
            current = waiting.poll();
            if (current != null) {
                agenda.changed(current);
            }
        }
        return NEVER;
    }

    /** What runs, and what waits for its turn. */
    List<Job> jobs() {
        List<Job> jobs = new ArrayList<>();
        for (Rollout running : new Rollout[] {initial, current}) {
            if (running != null && !running.isOver()) {
                jobs.add(new Job(running.order(), true));
            }
        }
        waiting.forEach(rollout -> jobs.add(new Job(rollout.order(), false)));
        return jobs;
    }

    /**
     * Gives up what waits for its turn.
     *
     * @return whether something of that number did
     */
    boolean cancel(long number, CommandException cause) {
        for (Rollout rollout : waiting) {
            if (rollout.order().number() == number) {
                waiting.remove(rollout);
                rollout.abandon(cause);
                return true;
            }
        }
        return false;
    }

    /** The daemon ends. */
    void abandon(CommandException cause) {
        for (Rollout running : new Rollout[] {initial, current}) {
            if (running != null) {
                running.abandon(cause);
            }
        }
        waiting.forEach(rollout -> rollout.abandon(cause));
        waiting.clear();
    }
}
