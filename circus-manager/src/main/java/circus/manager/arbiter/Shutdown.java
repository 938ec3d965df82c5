package circus.manager.arbiter;

import circus.manager.watcher.Outcome;
import circus.manager.watcher.Reconciler;
import circus.manager.watcher.Watcher;
import circus.options.WatcherOptions;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The end of the daemon by {@code quit} or a signal: watchers with {@code use_papa} are left running, the others stopped, and when all of
 * them are settled the rest of the daemon is told. Nothing can stand in its way. Runs on circus-loop only.
 */
final class Shutdown implements Reconciler {
    private static final System.Logger LOG = System.getLogger(Shutdown.class.getName());

    private final List<Watcher> watchers;
    private final List<Watcher> departing;
    private final Consumer<Farewell> settled;
    private final Set<Watcher> ended = new LinkedHashSet<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private boolean terminate;
    private boolean told;

    Shutdown(List<Watcher> watchers, List<Watcher> departing, Consumer<Farewell> settled) {
        this.watchers = List.copyOf(watchers);
        this.departing = List.copyOf(departing);
        this.settled = settled;
    }

    /** Begins; or, asked again with {@code terminate}, ends those too that were to stay. */
    void begin(boolean everything) {
        if (told) {
            return;
        }
        terminate |= everything;
        List<Watcher> ascending = new ArrayList<>(watchers);
        ascending.sort(Comparator.comparingInt(Rollout::priority));
        ascending.addAll(0, departing);
        boolean anyStays = ascending.stream().anyMatch(this::stays);
        for (Watcher watcher : ascending) {
            if (stays(watcher)) {
                watcher.leave();
                if (!watcher.processes().isEmpty()) {
                    LOG.log(Level.INFO, "{0} left running in papa", watcher.name());
                }
            } else if (ended.add(watcher)) {
                if (anyStays && !departing.contains(watcher)) {
                    watcher.quitAndRemember();
                } else {
                    watcher.quit();
                }
            }
        }
    }

    private boolean stays(Watcher watcher) {
        return !terminate
                && !departing.contains(watcher)
                && watcher.config().options().get(WatcherOptions.USE_PAPA);
    }

    /** Whether a quit with or without {@code terminate} still makes a difference. */
    boolean wouldEndMore(boolean everything) {
        return everything && !terminate && !told;
    }

    void hear(Outcome outcome) {
        outcomes.add(outcome);
    }

    /** Whether those end, too, that would stay. */
    boolean isTerminating() {
        return terminate;
    }

    /** Who waits for the end. */
    List<Outcome> outcomes() {
        return outcomes;
    }

    @Override
    public long step(long now) {
        if (!told
                && watchers.stream().allMatch(Watcher::isQuiet)
                && departing.stream().allMatch(Watcher::isQuiet)) {
            told = true;
            List<Watcher> staying = watchers.stream()
                    .filter(watcher -> !watcher.processes().isEmpty())
                    .toList();
            settled.accept(new Farewell(Farewell.Kind.QUIT, terminate, staying));
        }
        return NEVER;
    }
}
