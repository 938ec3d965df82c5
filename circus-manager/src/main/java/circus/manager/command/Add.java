package circus.manager.command;

import circus.command.PropertyValues;
import circus.manager.arbiter.Changes;
import circus.message.CommandException;
import circus.message.Reply;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
        String name = properties.mandatoryText("name");
        String cmd = properties.mandatoryText("cmd");
        Object args = properties.raw("args");
        Map<String, @Nullable Object> options = properties.object("options");
        changes.prepare(
                amendments -> amendments.create(name, cmd, args, options, false),
                () -> {
                    changes.add(
                            name,
                            cmd,
                            args,
                            options,
                            start,
                            start ? call.watcherOrder(Start::fields) : call.arbiterOrder(change -> Reply.ok()));
                    call.accepted();
                },
                cause -> call.reply(cause.reply()));
    }
}
