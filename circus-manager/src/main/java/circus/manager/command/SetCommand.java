package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.arbiter.Changes;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.Reply;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Changes options of a watcher. */
final class SetCommand implements Command {
    private final Arbiter arbiter;
    private final Changes changes;

    SetCommand(Arbiter arbiter, Changes changes) {
        this.arbiter = arbiter;
        this.changes = changes;
    }

    @Override
    public void run(Call call) throws CommandException {
        Watcher watcher = arbiter.find(call.properties().mandatoryText("name"));
        Map<String, @Nullable Object> options = call.properties().object("options");
        changes.prepare(
                amendments -> amendments.apply(watcher.config(), options),
                () -> {
                    changes.set(watcher, options, call.watcherOrder(change -> Reply.ok()));
                    call.accepted();
                },
                cause -> call.reply(cause.reply()));
    }
}
