package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.arbiter.Changes;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.Reply;

/** Takes a watcher away, and stops its processes unless told not to. */
final class Remove implements Command {
    private final Arbiter arbiter;
    private final Changes changes;

    Remove(Arbiter arbiter, Changes changes) {
        this.arbiter = arbiter;
        this.changes = changes;
    }

    @Override
    public void run(Call call) throws CommandException {
        Watcher watcher = arbiter.find(call.properties().mandatoryText("name"));
        changes.remove(watcher, !call.properties().isTrue("nostop"), call.arbiterOrder(change -> Reply.ok()));
        call.accepted();
    }
}
