package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.Reply;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The state of one watcher, in place of the reply's own status; or of all, by name as configured. */
final class Status implements Command {
    private final Arbiter arbiter;

    Status(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    @Override
    public void run(Call call) throws CommandException {
        Optional<String> name = call.properties().text("name");
        if (name.isPresent()) {
            call.reply(Reply.ok("status", arbiter.find(name.get()).status().word()));
            return;
        }
        Map<String, @Nullable Object> statuses = new LinkedHashMap<>();
        for (Watcher watcher : arbiter.watchers()) {
            statuses.put(watcher.name(), watcher.status().word());
        }
        call.reply(Reply.ok("statuses", statuses));
    }
}
