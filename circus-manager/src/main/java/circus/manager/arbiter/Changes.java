package circus.manager.arbiter;

import circus.manager.config.Amendments;
import circus.manager.plan.Plan;
import circus.manager.watcher.Order;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What commands that change the set of watchers, or what one of them is, ask of the arbiter. Runs on circus-loop only.
 *
 * <p>A request is refused with an exception before anything has happened; from then on the order's outcome tells how it went.
 */
public interface Changes {
    /** What is done when the names in a request are known. */
    @FunctionalInterface
    interface Step {
        void run() throws CommandException;
    }

    /**
     * Has the names in a request looked at that no Java class has, then goes on; at once where there are none.
     *
     * @param refused told, where it does not go on at once, of what an exception would tell
     */
    void prepare(Amendments.Trial trial, Step then, Consumer<CommandException> refused) throws CommandException;

    /**
     * Changes options of a watcher, all or none, then does what they ask for: nothing, a resize, or a graceful replacement.
     *
     * @param options as {@link circus.manager.config.Amendments#apply} takes them
     */
    void set(Watcher watcher, Map<String, @Nullable Object> options, Order order) throws CommandException;

    /**
     * Adds a watcher, from values as {@link circus.manager.config.Amendments#create} takes them.
     *
     * @param start whether to start it at once; its outcome tells of the start, or at once when there is none
     */
    void add(
            String name,
            String cmd,
            @Nullable Object args,
            Map<String, @Nullable Object> options,
            boolean start,
            Order order)
            throws CommandException;

    /**
     * Takes a watcher away from all lists, at once.
     *
     * @param stop whether to stop its processes; else they run on and nobody minds them
     */
    void remove(Watcher watcher, boolean stop, Order order) throws CommandException;

    /**
     * Reads the configuration again, at once or on another thread, and makes a plan. Exactly one of the two is told, on circus-loop.
     *
     * @param refused with all mistakes of the file, or why what it says cannot be done
     */
    void plan(Consumer<Plan> made, Consumer<CommandException> refused);

    /**
     * Carries out a plan that {@link #plan} has just made, in the same turn of the loop; when it has to wait for its turn, the plan that it
     * has become by then.
     *
     * @param exactly this plan or none: nothing is done if it has become another by then
     */
    void apply(Plan plan, boolean exactly, Order order) throws CommandException;

    /** What commands have changed, by the names of watchers as they are written. Only those that differ from the configuration. */
    SortedMap<String, RunTimeChange> runTimeChanges();
}
