package circus.manager.watcher;

import circus.manager.config.PluginWatcher;
import circus.manager.config.StoredWatcher;
import circus.options.WatcherOptions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted of one watcher, and the record of it for the next manager: how many workers, and whether they are to run at all. The record is
 * written only when it changes, and holds only what the configuration does not say itself. Runs on circus-loop only.
 */
final class Desired {
    /** What was asked for, as far as the next manager needs to know it. */
    enum Wish {
        /** Nothing but what the configuration says. */
        NONE,
        RUN,
        STAY_STOPPED,
        /** Stopped for a moment; somebody else asks for the start. */
        PAUSE,
        RESTART
    }

    private final Blueprint blueprint;
    private final String key;
    private final Surroundings around;
    private RunState written = RunState.NOTHING;
    private Wish wish = Wish.NONE;
    private int target;
    private @Nullable Long reloading;
    private boolean sequential;
    private @Nullable Asked stopAsked;
    private String memory = "";

    /** @param watcher its name in lower case */
    Desired(String watcher, Blueprint blueprint, Surroundings around) {
        this.blueprint = blueprint;
        this.key = RunState.key(watcher);
        this.around = around;
        this.target = configured();
    }

    /** How many workers. */
    int target() {
        return target;
    }

    /** More, or with a negative amount fewer, but not less than none, and not more than can be. */
    void resize(int amount) {
        target = (int) Math.max(0, Math.min(WatcherOptions.MOST_PROCESSES, (long) target + amount));
    }

    /** So many from now on. */
    void resizeTo(int workers) {
        target = Math.max(0, workers);
    }

    /** The configuration's number has changed: it counts, whatever was done before. */
    void reconfigured(int before) {
        if (configured() != before) {
            target = configured();
        }
    }

    Wish wish() {
        return wish;
    }

    void wish(Wish asked) {
        wish = asked;
    }

    /** The stop that it was told last; null where it has been told something else since. */
    @Nullable
    Asked stopAsked() {
        return stopAsked;
    }

    /** What it was told last: this stop, or null for anything else. */
    void stopAsked(@Nullable Asked last) {
        stopAsked = last;
    }

    /** What its plugin keeps for the one that comes after it; empty for nothing. */
    String memory() {
        return memory;
    }

    void memory(String text) {
        memory = text;
    }

    /** The reload that is under way replaces the workers up to this incarnation; null when there is none. */
    @Nullable
    Long reloading() {
        return reloading;
    }

    boolean sequential() {
        return sequential;
    }

    void reloading(long lastOld, boolean oneByOne) {
        reloading = lastOld;
        sequential = oneByOne;
    }

    /** No reload is under way. */
    void reloaded() {
        reloading = null;
        sequential = false;
    }

    /** Who has ended is replaced at once; with {@code on_demand}, the next connection brings new ones when all have. */
    boolean respawn() {
        return blueprint.get(WatcherOptions.RESPAWN) && !blueprint.get(WatcherOptions.ON_DEMAND);
    }

    /**
     * Decides how to go on from what an earlier manager had written, and takes over the number of workers.
     *
     * @param workers how many of its workers there are, with those that ended meanwhile
     * @param ended how many of them ended meanwhile
     * @param outdated how many of the running ones were started with another configuration
     */
    Resumption resume(RunState found, int workers, int ended, int outdated) {
        written = found;
        stopAsked = found.asked();
        memory = found.memory() == null ? "" : found.memory();
        Resumption resumption =
                Resumption.decide(configured(), autostart(), respawn(), found, workers, ended, outdated);
        target = resumption.target();
        if (resumption.action() == Resumption.Action.RELOAD && found.reloading() != null) {
            reloading(found.reloading(), found.sequential());
        }
        wish = resumption
                .stopped()
                .map(stopped -> stopped ? Wish.STAY_STOPPED : Wish.RUN)
                .orElse(Wish.NONE);
        return resumption;
    }

    /**
     * Writes down what a successor needs to know, unless it stands there already.
     *
     * @param active the watcher has been started
     */
    void remember(boolean active) {
        Definition definition = blueprint.definition();
        boolean resized = target != configured();
        Boolean stopped = stoppedAgainstConfiguration(active);
        write(new RunState(
                resized ? target : null,
                resized ? configured() : null,
                stopped,
                stopped == null ? null : autostart(),
                wish == Wish.RESTART || wish == Wish.PAUSE,
                reloading,
                sequential,
                definition.overrides(),
                definition.added() ? StoredWatcher.toJson(definition.config()) : null,
                null,
                stopAsked,
                keptMemory()));
    }

    /** A plugin that is a process outlives circusd, and remembers by itself. */
    private @Nullable String keptMemory() {
        boolean isThread = PluginWatcher.kind(blueprint.config()).equals(Optional.of(PluginWatcher.Kind.THREAD));
        return memory.isEmpty() || !isThread ? null : memory;
    }

    /** The configuration alone counts from now on. */
    void forget() {
        write(RunState.NOTHING);
    }

    /** The configuration counts from now on, and what its plugin keeps. */
    void forgetButMemory() {
        write(RunState.remembering(keptMemory()));
    }

    private void write(RunState state) {
        if (state.equals(written)) {
            return;
        }
        written = state;
        if (state.equals(RunState.NOTHING)) {
            around.drop(key);
        } else {
            around.keep(key, state.toJson());
        }
    }

    private @Nullable Boolean stoppedAgainstConfiguration(boolean active) {
        return switch (wish) {
            // With respawn = false, that it was started must be known: what has ended is not to be started again.
            case RUN -> (!autostart() || (!respawn() && active)) ? Boolean.FALSE : null;
            case STAY_STOPPED -> autostart() ? Boolean.TRUE : null;
            case NONE, PAUSE, RESTART -> null;
        };
    }

    /** Not to be started by a reload of everything: somebody has stopped it, or nobody has started it. */
    boolean restsWhen(boolean stopped) {
        return wish == Wish.STAY_STOPPED || (stopped && !autostart());
    }

    /** What of it differs from the file: by option, the file's value and the one that counts. */
    Map<String, Map<String, @Nullable Object>> changes() {
        Map<String, Map<String, @Nullable Object>> changes =
                new TreeMap<>(blueprint.definition().changes());
        if (target != configured()) {
            changes.put(WatcherOptions.NUMPROCESSES.key(), Definition.change((long) configured(), (long) target));
        }
        return changes;
    }

    int configured() {
        return Math.max(0, blueprint.get(WatcherOptions.NUMPROCESSES));
    }

    private boolean autostart() {
        return blueprint.get(WatcherOptions.AUTOSTART);
    }
}
