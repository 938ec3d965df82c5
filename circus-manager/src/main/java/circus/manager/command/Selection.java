package circus.manager.command;

import circus.command.PropertyValues;
import circus.manager.arbiter.Arbiter;
import circus.manager.watcher.Change;
import circus.manager.watcher.Operation;
import circus.manager.watcher.Operation.Kind;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.Reply;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What start, stop and restart share: the watchers that {@code name} and {@code match} mean, and one operation on them. */
final class Selection {
    private final Arbiter arbiter;
    private final Kind kind;
    private final Function<Change, Reply> whenOneIsDone;

    /** @param whenOneIsDone the answer to who waits, when exactly one watcher was meant */
    Selection(Arbiter arbiter, Kind kind, Function<Change, Reply> whenOneIsDone) {
        this.arbiter = arbiter;
        this.kind = kind;
        this.whenOneIsDone = whenOneIsDone;
    }

    void operate(Call call) throws CommandException {
        PropertyValues properties = call.properties();
        Optional<String> name = properties.text("name");
        List<Watcher> selected = name.isPresent()
                ? arbiter.select(name.get(), properties.text("match").orElse("glob"))
                : arbiter.watchers();
        if (name.isPresent() && selected.size() == 1) {
            arbiter.operate(selected.get(0), Operation.of(kind, call.watcherOrder(whenOneIsDone)));
        } else {
            arbiter.operate(kind, selected, call.arbiterOrder(change -> Reply.ok()));
        }
        call.accepted();
    }
}
