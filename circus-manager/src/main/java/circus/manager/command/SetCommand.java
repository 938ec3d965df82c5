package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.arbiter.Changes;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.Reply;

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
        changes.set(watcher, call.properties().object("options"), call.watcherOrder(change -> Reply.ok()));
        call.accepted();
    }
}
