package circus.manager.watcher;

import circus.manager.config.Amendments;
import circus.manager.config.ConfigKeys;
import circus.manager.config.WatcherConfig;
import circus.message.CommandException;
import circus.options.WatcherOptions;
import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a watcher's configuration comes from: what the ini file says, and what was changed at run time since; or, of a watcher that was
 * added at run time, what the command said. Immutable; any thread may use it.
 *
 * <p>The number of processes is not among the changes: {@link Desired} keeps it, since {@code incr} and {@code decr} change it too.
 *
 * @param ini the file's, without any change; of an added watcher its whole definition
 * @param overrides always none for an added watcher
 * @param added no file has it
 * @param config what counts
 */
public record Definition(WatcherConfig ini, Overrides overrides, boolean added, WatcherConfig config) {
    private static final System.Logger LOG = System.getLogger(Definition.class.getName());
    private static final String NUMPROCESSES = WatcherOptions.NUMPROCESSES.key();

    /** A watcher as the file has it. */
    public static Definition ofFile(WatcherConfig ini) {
        return new Definition(ini, Overrides.NONE, false, ini);
    }

    /** A watcher that no file has. */
    public static Definition ofCommand(WatcherConfig config) {
        return new Definition(config, Overrides.NONE, true, config);
    }

    /**
     * A watcher of the file as an earlier manager had changed it.
     *
     * @param recorded changes; those whose option the file has changed since, or which are no longer possible, are left out
     */
    public static Definition ofFile(WatcherConfig ini, Overrides recorded, Amendments amendments) {
        Overrides held = recorded.under(option -> ConfigKeys.value(ini, option));
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        held.table().forEach((option, override) -> values.put(option, override.now()));
        try {
            return new Definition(ini, held, false, amendments.apply(ini, values));
        } catch (CommandException notAllAnyMore) {
            return oneByOne(ini, held, amendments);
        }
    }

    private static Definition oneByOne(WatcherConfig ini, Overrides held, Amendments amendments) {
        Definition definition = ofFile(ini);
        for (Map.Entry<String, Overrides.Pair> each : held.table().entrySet()) {
            try {
                definition = definition.with(
                        Collections.singletonMap(each.getKey(), each.getValue().now()), amendments);
            } catch (CommandException notAnyMore) {
                LOG.log(
                        Level.WARNING,
                        "{0}: the value that {1} was given at run time cannot be used any more: {2}",
                        ini.name(),
                        each.getKey(),
                        notAnyMore.reason());
            }
        }
        return definition;
    }

    /** The same watcher where the file says something else now: changes of options that the file has not changed stay. */
    public Definition under(WatcherConfig next, Amendments amendments) {
        return ofFile(next, overrides, amendments);
    }

    /**
     * The same with other values.
     *
     * @throws CommandException if one of the options is unknown, or its value is none; in Circus's words
     */
    Definition with(Map<String, @Nullable Object> options, Amendments amendments) throws CommandException {
        WatcherConfig next = amendments.apply(config, options);
        if (added) {
            return ofCommand(next);
        }
        Overrides changed = overrides;
        for (String option : options.keySet()) {
            if (!option.equals(NUMPROCESSES)) {
                changed = changed.with(option, ConfigKeys.value(next, option), ConfigKeys.value(ini, option));
            }
        }
        return new Definition(ini, changed, false, next.with(WatcherOptions.NUMPROCESSES, numprocesses()));
    }

    /** As the file, or the command that added it, has it. */
    int numprocesses() {
        return ini.options().get(WatcherOptions.NUMPROCESSES);
    }

    /** Options whose value is not the file's: by option, what the file says and what counts. */
    Map<String, Map<String, @Nullable Object>> changes() {
        Map<String, Map<String, @Nullable Object>> changes = new LinkedHashMap<>();
        overrides.table().forEach((option, override) -> changes.put(option, change(override.ini(), override.now())));
        return changes;
    }

    static Map<String, @Nullable Object> change(@Nullable Object ini, @Nullable Object now) {
        Map<String, @Nullable Object> change = new LinkedHashMap<>();
        change.put("ini", ini);
        change.put("now", now);
        return change;
    }

    String name() {
        return config.name();
    }
}
