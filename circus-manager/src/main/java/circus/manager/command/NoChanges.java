package circus.manager.command;

import circus.manager.arbiter.Changes;
import circus.manager.arbiter.RunTimeChange;
import circus.manager.plan.Plan;
import circus.manager.watcher.Outcome;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.ErrorCode;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Refuses every change, until the arbiter can make them. */
final class NoChanges implements Changes {
    @Override
    public void set(
            Watcher watcher, Map<String, @Nullable Object> options, String lock, boolean patient, Outcome outcome)
            throws CommandException {
        throw refusal();
    }

    @Override
    public void add(
            String name,
            String cmd,
            @Nullable Object args,
            Map<String, @Nullable Object> options,
            boolean start,
            String lock,
            boolean patient,
            Outcome outcome)
            throws CommandException {
        throw refusal();
    }

    @Override
    public void remove(Watcher watcher, boolean stop, String lock, boolean patient, Outcome outcome)
            throws CommandException {
        throw refusal();
    }

    @Override
    public void plan(Consumer<Plan> made, Consumer<CommandException> refused) {
        refused.accept(refusal());
    }

    @Override
    public void apply(Plan plan, boolean exactly, String lock, boolean patient, Outcome outcome)
            throws CommandException {
        throw refusal();
    }

    @Override
    public SortedMap<String, RunTimeChange> runTimeChanges() {
        return new TreeMap<>();
    }

    private static CommandException refusal() {
        return new CommandException(
                ErrorCode.COMMAND_ERROR, "cannot change what runs: this version of circusd does not do it yet");
    }
}
