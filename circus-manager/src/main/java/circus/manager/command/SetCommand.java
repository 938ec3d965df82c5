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
        String name = call.properties().mandatoryText("name");
        Watcher unused = arbiter.find(name);
        Map<String, @Nullable Object> options = call.properties().object("options");
        // Looked for each time: while names are looked at it may be removed, and another one added in its place.
        changes.prepare(
                amendments -> amendments.apply(arbiter.find(name).config(), options),
                () -> {
                    changes.set(arbiter.find(name), options, call.watcherOrder(change -> Reply.ok()));
                    call.accepted();
                },
                cause -> call.reply(cause.reply()));
    }
}
