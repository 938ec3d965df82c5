package circus.manager.command;

import circus.command.PropertyValues;
import circus.manager.arbiter.Changes;
import circus.message.CommandException;
import circus.message.Reply;

/** Adds a watcher that no configuration has. Without a start there is nothing to wait for. */
final class Add implements Command {
    private final Changes changes;

    Add(Changes changes) {
        this.changes = changes;
    }

    @Override
    public void run(Call call) throws CommandException {
        PropertyValues properties = call.properties();
        boolean start = properties.isTrue("start");
        changes.add(
                properties.mandatoryText("name"),
                properties.mandatoryText("cmd"),
                properties.raw("args"),
                properties.object("options"),
                start,
                start ? call.watcherOrder(Start::fields) : call.arbiterOrder(change -> Reply.ok()));
        call.accepted();
    }
}
