package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.watcher.ProcessView;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.Reply;
import java.util.Optional;

/** The names of all watchers, in lower case and sorted; or the pids of one, in the order in which they were spawned. */
final class ListCommand implements Command {
    private final Arbiter arbiter;

    ListCommand(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    @Override
    public void run(Call call) throws CommandException {
        Optional<String> name = call.properties().text("name");
        if (name.isPresent()) {
            Watcher watcher = arbiter.find(name.get());
            call.reply(Reply.ok(
                    "pids", watcher.processes().stream().map(ProcessView::pid).toList()));
        } else {
            call.reply(Reply.ok(
                    "watchers",
                    arbiter.watchers().stream().map(Watcher::key).sorted().toList()));
        }
    }
}
