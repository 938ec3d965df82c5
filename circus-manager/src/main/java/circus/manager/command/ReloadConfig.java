package circus.manager.command;

import circus.manager.arbiter.Changes;
import circus.manager.plan.Plan;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.Reply;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a plan of what the configuration says now; tells it, or carries it out. */
final class ReloadConfig implements Command {
    private final Changes changes;

    ReloadConfig(Changes changes) {
        this.changes = changes;
    }

    @Override
    public void run(Call call) {
        changes.plan(plan -> made(call, plan), refused -> call.reply(refused.reply()));
    }

    private void made(Call call, Plan plan) {
        if (call.properties().isTrue("plan")) {
            call.reply(told(plan));
            return;
        }
        try {
            demandUnchanged(call.properties().text("plan_id"), plan);
            changes.apply(plan, call.properties().text("plan_id").isPresent(), call.arbiterOrder(change -> Reply.ok()));
            call.accepted();
        } catch (CommandException refused) {
            call.reply(refused.reply());
        }
    }

    private static void demandUnchanged(Optional<String> wanted, Plan plan) throws CommandException {
        if (wanted.isPresent() && !wanted.get().equals(plan.id())) {
            throw new CommandException(
                    ErrorCode.COMMAND_ERROR,
                    "cannot carry out plan " + wanted.get() + ": the file or what runs has changed since it was made;"
                            + " the plan would now be " + plan.id() + ", look at it with reloadconfig --plan");
        }
    }

    private static Reply told(Plan plan) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("plan_id", plan.id());
        fields.put("plan", plan.toJson());
        fields.put("text", plan.text());
        return new Reply.Ok(fields);
    }
}
