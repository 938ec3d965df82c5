package circus.manager.command;

import circus.command.PropertyValues;
import circus.manager.arbiter.Arbiter;
import circus.manager.watcher.Operation;
import circus.manager.watcher.Operation.Kind;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.Reply;
import java.util.Optional;

/** Replaces the workers of a watcher, or of all that run; a name starts a stopped watcher, too. */
final class Reload implements Command {
    private final Arbiter arbiter;

    Reload(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    @Override
    public void run(Call call) throws CommandException {
        Optional<String> name = call.properties().text("name");
        Kind kind = kind(call.properties());
        if (name.isPresent()) {
            Watcher watcher = arbiter.find(name.get());
            arbiter.operate(watcher, Operation.of(kind, call.watcherOrder(Restart::reply)));
        } else {
            arbiter.reload(kind, call.arbiterOrder(change -> Reply.ok()));
        }
        call.accepted();
    }

    private static Kind kind(PropertyValues properties) {
        if (properties.isGiven("graceful") && !properties.isTrue("graceful")) {
            return Kind.RESTART;
        }
        return properties.isTrue("sequential") ? Kind.RELOAD_IN_TURN : Kind.RELOAD;
    }
}
