package circus.manager.arbiter;

import circus.manager.config.CircusConfig;
import circus.manager.config.ConfigException;
import circus.manager.watcher.RunState;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier manager left: the text of the configuration that it had applied, and what was done at run time. The kernel knows; where
 * it is a new one, which nobody has used before, the state file does. Immutable.
 *
 * @param baseline see {@link circus.manager.config.CircusConfig#restore}; null when nobody has left it
 * @param states what was done at run time, by watcher
 * @param stored all keys of the kernel that hold such a state
 * @param unread those by key that nobody here can read, as they are: whoever left them may come back
 */
public record Inherited(
        @Nullable String baseline, Map<String, RunState> states, Set<String> stored, Map<String, String> unread) {
    private static final System.Logger LOG = System.getLogger(Inherited.class.getName());

    /** The kernel's value that holds the text of the configuration. */
    public static final String BASELINE = "baseline";

    public Inherited {
        states = Map.copyOf(states);
        stored = Set.copyOf(stored);
        unread = Map.copyOf(unread);
    }

    /**
     * @param kernel the kernel's values of this arbiter
     * @param file what the state file holds
     * @param fresh forget what was done at run time
     */
    public static Inherited of(Map<String, String> kernel, Map<String, String> file, boolean fresh) {
        Map<String, String> unread = new LinkedHashMap<>();
        Map<String, RunState> known = read(kernel, unread);
        Set<String> stored = kernel.keySet().stream()
                .filter(key -> RunState.watcher(key).isPresent())
                .collect(Collectors.toSet());
        boolean isNew = known.isEmpty() && !kernel.containsKey(BASELINE);
        Map<String, RunState> states = known;
        if (isNew && !fresh) {
            states = new LinkedHashMap<>();
            for (Map.Entry<String, RunState> each : read(file, unread).entrySet()) {
                states.put(each.getKey(), each.getValue().withoutProcesses());
            }
            if (!states.isEmpty()) {
                LOG.log(
                        Level.INFO,
                        "the kernel is a new one: what was done at run time to {0} is taken from the state file",
                        String.join(", ", states.keySet()));
            }
        }
        return new Inherited(kernel.get(BASELINE), fresh ? Map.of() : states, stored, fresh ? Map.of() : unread);
    }

    /**
     * The configuration that the earlier manager had applied.
     *
     * @param now what the file says today: the answer where nobody has left another, or where that cannot be used any more
     */
    public CircusConfig before(CircusConfig now, Map<String, String> environment) {
        if (baseline == null || baseline.equals(now.text())) {
            return now;
        }
        try {
            CircusConfig before = CircusConfig.restore(now.file(), baseline, environment);
            return before.name().equals(now.name()) ? before : now;
        } catch (ConfigException notAnyMore) {
            LOG.log(
                    Level.WARNING,
                    "cannot tell what has changed in {0}: {1}; processes whose configuration is not that of today are"
                            + " replaced",
                    now.file(),
                    notAnyMore.getMessage());
            return now;
        }
    }

    private static Map<String, RunState> read(Map<String, String> values, Map<String, String> unread) {
        Map<String, RunState> states = new LinkedHashMap<>();
        values.forEach((key, text) -> RunState.watcher(key).ifPresent(watcher -> {
            Optional<RunState> state = RunState.fromJson(text);
            if (state.isPresent()) {
                states.put(watcher, state.get());
            } else {
                unread.put(key, text);
                LOG.log(
                        Level.WARNING,
                        "cannot read what was done to {0} at run time: {1}; it counts as nothing, and is kept for a circusd that can",
                        watcher,
                        text);
            }
        }));
        return states;
    }
}
