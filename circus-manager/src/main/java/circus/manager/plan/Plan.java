package circus.manager.plan;

import circus.manager.config.Amendments;
import circus.manager.config.CircusConfig;
import circus.message.CommandException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to get from what runs to what a configuration says. Nothing in it is done yet. Immutable; any thread may use it.
 *
 * @param id hex digits that are others as soon as the file, or anything that runs, has changed in a way that could matter
 * @param circus changed keys of {@code [circus]}
 * @param sockets by name
 * @param watchers in the order in which they are to be dealt with: first those that go, of the lowest priority first, then the others, of
 *     the highest first
 */
public record Plan(String id, List<ChangedKey> circus, List<SocketStep> sockets, List<WatcherStep> watchers) {
    public Plan {
        circus = List.copyOf(circus);
        sockets = List.copyOf(sockets);
        watchers = List.copyOf(watchers);
    }

    /**
     * What changes when {@code after} takes the place of {@code before}.
     *
     * @param amendments to carry over what was set at run time
     * @throws CommandException when it cannot be done: a socket is gone that a watcher needs, which is not told by the file alone
     */
    public static Plan between(Baseline before, CircusConfig after, Live live, Amendments amendments)
            throws CommandException {
        return new Planner(before, after, live, amendments).plan();
    }

    public static Plan between(CircusConfig before, CircusConfig after, Live live, Amendments amendments)
            throws CommandException {
        return between(Baseline.of(before), after, live, amendments);
    }

    /** Whether there is nothing to do, not even to take over a value. */
    public boolean isEmpty() {
        return circus.isEmpty()
                && sockets.stream().allMatch(Step::isNothing)
                && watchers.stream().allMatch(Step::isNothing);
    }

    /** For people, many lines; the last one without an end. What stays as it is is only counted. */
    public String text() {
        return new PlanText(this).text();
    }

    /** For programs. */
    public Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("empty", isEmpty());
        json.put("circus", circus.stream().map(ChangedKey::toJson).toList());
        json.put("sockets", sockets.stream().map(Step::toJson).toList());
        json.put("watchers", watchers.stream().map(Step::toJson).toList());
        Map<String, Integer> counts = new TreeMap<>();
        for (Step.Kind kind : Step.Kind.values()) {
            counts.put(kind.name().toLowerCase(Locale.ROOT), 0);
        }
        sockets.forEach(step -> count(step, counts));
        watchers.forEach(step -> count(step, counts));
        json.put("summary", counts);
        return json;
    }

    private static void count(Step step, Map<String, Integer> counts) {
        counts.merge(step.kind().name().toLowerCase(Locale.ROOT), 1, Integer::sum);
    }
}
