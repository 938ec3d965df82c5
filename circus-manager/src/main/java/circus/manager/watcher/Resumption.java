package circus.manager.watcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a watcher goes on from what an earlier manager left: a decision and nothing else, so that it can be told before it is carried out.
 *
 * @param target how many workers are wanted
 * @param stopped what the earlier manager had written down about being stopped, where it still applies
 * @param plan what is going to change, in words; empty when everything goes on as it is
 */
public record Resumption(Action action, int target, Optional<Boolean> stopped, List<String> plan) {
    /** What a line of a plan begins with that has processes replaced for their configuration's sake. */
    public static final String REPLACES = "replace ";

    /** What to do first. */
    public enum Action {
        /** Nothing of it was there: it is started like any other. */
        START,
        /** It was running, and goes on. */
        GO_ON,
        /** Finish the restart that had begun. */
        RESTART,
        /** Finish the reload that had begun. */
        RELOAD,
        /** Its workers have to go. */
        STOP,
        /** It was stopped, and stays so. */
        STAY
    }

    public Resumption {
        plan = List.copyOf(plan);
    }

    /**
     * @param found what an earlier manager had written down
     * @param workers how many of its workers there are, with those that ended meanwhile
     * @param ended how many of them ended meanwhile
     * @param outdated how many of the running ones were started with another configuration
     */
    static Resumption decide(
            int configured, boolean autostart, boolean respawn, RunState found, int workers, int ended, int outdated) {
        RunState state = found.under(configured, autostart);
        int target = state.numprocesses() == null ? configured : state.numprocesses();
        Optional<Boolean> stopped = Optional.ofNullable(state.stopped());
        boolean run = !stopped.orElse(!autostart);
        List<String> plan = new ArrayList<>();
        int running = workers - ended;
        if (state.restarting()) {
            plan.add("restart, which had begun before");
            return new Resumption(Action.RESTART, target, stopped, plan);
        }
        if (!run) {
            if (workers > 0) {
                plan.add("stop " + count(running)
                        + (stopped.isPresent() ? ", which had begun before" : ": autostart is off"));
            }
            return new Resumption(workers > 0 ? Action.STOP : Action.STAY, target, stopped, plan);
        }
        if (state.reloading() != null && running > 0) {
            plan.add("reload, which had begun before");
            return new Resumption(Action.RELOAD, target, stopped, plan);
        }
        if (workers == 0 && (respawn || stopped.isEmpty())) {
            return new Resumption(Action.START, target, stopped, plan);
        }
        if (outdated > 0) {
            plan.add(REPLACES + count(outdated) + ": the configuration has changed");
        }
        if (running > target) {
            plan.add("stop " + count(running - target) + ": " + target + " are wanted");
        } else if (running < target && respawn) {
            plan.add("start " + count(target - running) + ": " + target + " are wanted");
        }
        return new Resumption(Action.GO_ON, target, stopped, plan);
    }

    private static String count(int workers) {
        return workers == 1 ? "1 worker" : workers + " workers";
    }
}
