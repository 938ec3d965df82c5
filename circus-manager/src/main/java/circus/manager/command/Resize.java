package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.watcher.Operation;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.Reply;
import circus.options.WatcherOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What incr and decr share. A singleton is not resized, and says so. */
final class Resize {
    private final Arbiter arbiter;
    private final int direction;

    /** @param direction 1 or -1 */
    Resize(Arbiter arbiter, int direction) {
        this.arbiter = arbiter;
        this.direction = direction;
    }

    void run(Call call) throws CommandException {
        Watcher watcher = arbiter.find(call.properties().mandatoryText("name"));
        if (watcher.config().options().get(WatcherOptions.SINGLETON)) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("numprocesses", watcher.target());
            fields.put("singleton", true);
            call.reply(new Reply.Ok(fields));
            return;
        }
        long asked = call.properties().integer("nb").orElse(1);
        int amount = direction * (int) Math.max(-Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, asked));
        long wanted = (long) watcher.target() + amount;
        if (amount > 0 && wanted > WatcherOptions.MOST_PROCESSES) {
            throw CommandException.invalid("cannot have " + wanted + " processes of " + watcher.name() + ": "
                    + WatcherOptions.MOST_PROCESSES + " is the most that can be");
        }
        arbiter.operate(
                watcher,
                Operation.resize(amount, call.watcherOrder(change -> Reply.ok("numprocesses", watcher.target()))));
        call.accepted();
    }
}
