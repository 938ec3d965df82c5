package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.watcher.Change;
import circus.manager.watcher.Operation.Kind;
import circus.message.CommandException;
import circus.message.Reply;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Starts a watcher, several, or all. */
final class Start implements Command {
    private final Selection selection;

    Start(Arbiter arbiter) {
        selection = new Selection(arbiter, Kind.START, Start::reply);
    }

    @Override
    public void run(Call call) throws CommandException {
        selection.operate(call);
    }

    private static Reply reply(Change change) {
        return Reply.ok("info", fields(change).fields());
    }

    /** What a start has done, as fields of the reply itself. */
    static Reply.Ok fields(Change change) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("started", change.started());
        fields.put("kept", change.kept());
        return new Reply.Ok(fields);
    }
}
