package circus.manager.arbiter;

import circus.manager.arbiter.Rollout.OfWatcher;
import circus.manager.config.CircusConfig;
import circus.manager.config.WatcherConfig;
import circus.manager.plan.Plan;
import circus.manager.plan.SocketStep;
import circus.manager.plan.Step;
import circus.manager.plan.WatcherStep;
import circus.manager.watcher.Change;
import circus.manager.watcher.Definition;
import circus.manager.watcher.Operation.Kind;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One plan being carried out. All watchers get their new definitions at once, so that whatever starts from then on, and whoever takes over
 * from here, goes by the new file; processes follow:
 *
 * <pre>
 *   those go that have to, and those pause whose socket is opened anew ──► sockets are closed and opened ──►
 *       the others are started, restarted, resized or signalled, from the highest priority to the lowest
 * </pre>
 *
 * <p>One use; runs on circus-loop only.
 */
final class PlanExecution {
    private final Arbiter arbiter;
    private final LiveSockets sockets;
    private final Plan plan;
    private final Map<String, WatcherConfig> file = new HashMap<>();
    private final List<Rollout.Part> first = new ArrayList<>();
    private final Map<Integer, List<Rollout.Part>> last = new TreeMap<>(Comparator.reverseOrder());

    PlanExecution(Arbiter arbiter, LiveSockets sockets, Plan plan, CircusConfig after) {
        this.arbiter = arbiter;
        this.sockets = sockets;
        this.plan = plan;
        after.watchers().forEach(watcher -> file.put(key(watcher.name()), watcher));
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** @param failedSocket told the names of sockets that could not be opened as the file says */
    void begin(Rollout rollout, Consumer<String> failedSocket) {
        Set<String> reopened = new HashSet<>();
        List<SocketStep> changing = new ArrayList<>();
        for (SocketStep step : plan.sockets()) {
            if (step.kind() != Step.Kind.KEEP) {
                changing.add(step);
            }
            if (step.kind() == Step.Kind.RESTART) {
                reopened.add(step.name());
            }
        }
        plan.watchers().forEach(step -> begin(step, reopened));
        rollout.then(first);
        if (!changing.isEmpty()) {
            Rollout.Task task = heard -> sockets.change(changing, failures -> {
                failures.forEach((name, reason) -> {
                    failedSocket.accept(name);
                    rollout.failed(new CommandException(ErrorCode.BAD_MSG_DATA_ERROR, reason));
                });
                arbiter.watchers().forEach(Watcher::refit);
                heard.done(new Change(List.of(), List.of()));
            });
            rollout.then(List.of(task));
        } else {
            arbiter.watchers().forEach(Watcher::refit);
        }
        last.values().forEach(rollout::then);
    }

    private void begin(WatcherStep step, Set<String> reopened) {
        String key = key(step.name());
        Watcher watcher = arbiter.roster().lookUp(key).orElse(null);
        if (step.config().isEmpty()) {
            if (watcher != null) {
                depart(watcher);
            } else if (!file.containsKey(key)) {
                arbiter.roster().unremove(key, arbiter);
            }
            return;
        }
        WatcherConfig ini = file.get(key);
        if (watcher == null) {
            if (ini != null) {
                arrive(step, ini);
            }
            return;
        }
        if (ini == null || step.added()) {
            return;
        }
        boolean wasWanted = watcher.isWanted();
        Set<String> used = new HashSet<>(watcher.socketNames());
        if (!step.isNothing() || watcher.definition().added()) {
            watcher.rebase(
                    watcher.definition().added()
                            ? Definition.ofFile(ini)
                            : watcher.definition().under(ini, arbiter.amendments()),
                    step.target());
        }
        used.addAll(watcher.socketNames());
        used.retainAll(reopened);
        switch (step.kind()) {
            case KEEP -> {}
            case START -> follow(Kind.START, watcher);
            case STOP -> first.add(new OfWatcher(Kind.STOP, watcher));
            case RESTART -> {
                if (used.isEmpty() || !wasWanted) {
                    follow(Kind.RESTART, watcher);
                } else {
                    first.add(new OfWatcher(Kind.PAUSE, watcher));
                    follow(Kind.START, watcher);
                }
            }
            case RESIZE -> follow(Kind.RESIZE, watcher);
            case SIGNAL -> follow(Kind.RELOAD, watcher);
        }
    }

    private void follow(Kind kind, Watcher watcher) {
        last.computeIfAbsent(Rollout.priority(watcher), priority -> new ArrayList<>())
                .add(new OfWatcher(kind, watcher));
    }

    private void arrive(WatcherStep step, WatcherConfig ini) {
        arbiter.roster().unremove(key(step.name()), arbiter);
        Watcher watcher = new Watcher(Definition.ofFile(ini), arbiter);
        arbiter.add(watcher);
        arbiter.rerouted(watcher);
        if (step.kind() == Step.Kind.START) {
            follow(Kind.START, watcher);
        }
    }

    private void depart(Watcher watcher) {
        // What waits for its turn was made while it was there.
        arbiter.forget(watcher);
        arbiter.roster().remove(watcher);
        arbiter.addDeparting(watcher);
        watcher.retire();
        first.add(new OfWatcher(Kind.STOP, watcher));
    }
}
