package circus.manager.arbiter;

import circus.manager.config.CircusConfig;
import circus.manager.config.ConfigKeys;
import circus.manager.config.WatcherConfig;
import circus.manager.watcher.Definition;
import circus.manager.watcher.RunState;
import circus.manager.watcher.Surroundings;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which watchers there are: those of the file, without those that were removed at run time, and those that were added. Runs on circus-loop
 * only.
 */
final class Roster {
    private static final System.Logger LOG = System.getLogger(Roster.class.getName());

    private final Map<String, Watcher> watchers = new LinkedHashMap<>();

    /** Watchers on their way out; no command knows them. */
    private final List<Watcher> departing = new ArrayList<>();

    /** Watchers that the file has and that were removed at run time: the digest of their definition. */
    private final Map<String, String> removed = new HashMap<>();

    void add(Watcher watcher) {
        watchers.put(watcher.key(), watcher);
    }

    void addDeparting(Watcher watcher) {
        departing.add(watcher);
    }

    /** In the order of the configuration, then in that of their addition. */
    List<Watcher> all() {
        return List.copyOf(watchers.values());
    }

    List<Watcher> departing() {
        return List.copyOf(departing);
    }

    Optional<Watcher> lookUp(String key) {
        return Optional.ofNullable(watchers.get(key));
    }

    Watcher find(String name) throws CommandException {
        return lookUp(name.toLowerCase(Locale.ROOT)).orElseThrow(() -> CommandException.programNotFound(name));
    }

    /** All whose names match, at least one. */
    List<Watcher> select(String pattern, String match) throws CommandException {
        List<Watcher> selected = Names.select(watchers.values(), Watcher::key, pattern, match);
        if (selected.isEmpty()) {
            throw CommandException.programNotFound(pattern);
        }
        return selected;
    }

    /**
     * Makes the watchers of a configuration, as an earlier manager had changed them.
     *
     * @param states what was done at run time, by watcher
     */
    void fill(CircusConfig config, Map<String, RunState> states, Surroundings around) {
        for (WatcherConfig ini : config.watchers()) {
            String key = ini.name().toLowerCase(Locale.ROOT);
            RunState state = states.getOrDefault(key, RunState.NOTHING);
            String digest = ConfigKeys.digest(ini);
            if (digest.equals(state.removed())) {
                removed.put(key, digest);
                LOG.log(Level.INFO, "{0} stays removed, as was asked for at run time", ini.name());
                continue;
            }
            if (state.removed() != null) {
                LOG.log(Level.INFO, "plan for {0}: it is back, since its section has changed", ini.name());
            } else if (state.added() != null) {
                LOG.log(Level.INFO, "plan for {0}: that of the file takes the place of the added one", ini.name());
            }
            add(new Watcher(Definition.ofFile(ini, state.set(), around.amendments()), around));
        }
        states.forEach((key, state) -> {
            if (state.added() != null && !watchers.containsKey(key) && !removed.containsKey(key)) {
                restore(key, state.added(), around);
            }
        });
    }

    private void restore(String key, Map<String, ?> definition, Surroundings around) {
        try {
            add(new Watcher(Definition.ofCommand(around.amendments().restore(definition)), around));
        } catch (CommandException fromAnotherVersion) {
            LOG.log(
                    Level.WARNING,
                    "cannot make the watcher {0} again, which was added at run time: {1}",
                    key,
                    fromAnotherVersion.reason());
        }
    }

    /** A watcher that no file has. It is stopped. */
    Watcher add(WatcherConfig config, Surroundings around) throws CommandException {
        String key = config.name().toLowerCase(Locale.ROOT);
        if (watchers.containsKey(key)) {
            throw CommandException.alreadyExists(config.name());
        }
        demandNobodyDeparts(config.name());
        Watcher watcher = new Watcher(Definition.ofCommand(config), around);
        unremove(key, around);
        add(watcher);
        return watcher;
    }

    private void demandNobodyDeparts(String name) throws CommandException {
        departing.removeIf(Watcher::isGone);
        if (departing.stream().anyMatch(watcher -> watcher.key().equals(name.toLowerCase(Locale.ROOT)))) {
            throw CommandException.invalid(
                    "cannot add " + name
                            + ": a watcher of that name was removed, and its processes have not ended yet; try again when they have");
        }
    }

    /** No command knows it any more. Its workers are the caller's affair. */
    void remove(Watcher watcher) {
        watchers.remove(watcher.key());
    }

    /** The file has this watcher, but it is not to be there. */
    void exclude(Watcher watcher, Surroundings around) {
        String digest = ConfigKeys.digest(watcher.definition().ini());
        removed.put(watcher.key(), digest);
        around.keep(RunState.key(watcher.key()), RunState.removed(digest).toJson());
    }

    /** Names in lower case. */
    Set<String> excluded() {
        return Set.copyOf(removed.keySet());
    }

    /** Whether the watcher of the file was removed at run time. */
    boolean isRemoved(String key) {
        return removed.containsKey(key);
    }

    /** The file's section has changed, or gone: that it was removed does not count any more. */
    void unremove(String key, Surroundings around) {
        if (removed.remove(key) != null) {
            around.drop(RunState.key(key));
        }
    }

    /** The daemon ends for good: what was removed is not any more. */
    void forget(Surroundings around) {
        List.copyOf(removed.keySet()).forEach(key -> unremove(key, around));
    }
}
