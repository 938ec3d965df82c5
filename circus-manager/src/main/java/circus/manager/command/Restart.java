package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.watcher.Change;
import circus.manager.watcher.Operation.Kind;
import circus.message.CommandException;
import circus.message.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Stops and starts a watcher, several, or all. The daemon itself goes on, and can be reached all the time. */
final class Restart implements Command {
    private final Selection selection;

    Restart(Arbiter arbiter) {
        selection = new Selection(arbiter, Kind.RESTART, Restart::reply);
    }

    @Override
    public void run(Call call) throws CommandException {
        selection.operate(call);
    }

    static Reply reply(Change change) {
        Map<String, List<Integer>> info = new LinkedHashMap<>();
        info.put("stopped", change.stopped());
        info.put("started", change.started());
        info.put("kept", change.kept());
        return Reply.ok("info", info);
    }
}
