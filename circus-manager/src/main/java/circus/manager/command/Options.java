package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.arbiter.Changes;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.Reply;

/** All options of a watcher, sorted; or those that commands have changed. */
final class Options implements Command {
    private final Arbiter arbiter;
    private final Changes changes;

    Options(Arbiter arbiter, Changes changes) {
        this.arbiter = arbiter;
        this.changes = changes;
    }

    @Override
    public void run(Call call) throws CommandException {
        Watcher watcher = arbiter.find(call.properties().mandatoryText("name"));
        if (call.properties().isTrue("changes")) {
            call.reply(Reply.ok("changes", Status.changesOf(watcher, changes)));
        } else {
            call.reply(Reply.ok("options", watcher.report()));
        }
    }
}
