package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.watcher.Operation.Kind;
import circus.message.CommandException;
import circus.message.Reply;

/** Stops a watcher, several, or all; the daemon goes on. */
final class Stop implements Command {
    private final Selection selection;

    Stop(Arbiter arbiter) {
        selection = new Selection(arbiter, Kind.STOP, change -> Reply.ok("info", null));
    }

    @Override
    public void run(Call call) throws CommandException {
        selection.operate(call);
    }
}
