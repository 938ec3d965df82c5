package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.Reply;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How many processes run, of one watcher or of all. */
final class NumProcesses implements Command {
    private final Arbiter arbiter;

    NumProcesses(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    @Override
    public void run(Call call) throws CommandException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        Optional<String> name = call.properties().text("name");
        if (name.isPresent()) {
            fields.put("numprocesses", arbiter.find(name.get()).processes().size());
            fields.put("watcher_name", name.get());
        } else {
            fields.put("numprocesses", count());
        }
        call.reply(new Reply.Ok(fields));
    }

    private int count() {
        int count = 0;
        for (Watcher watcher : arbiter.watchers()) {
            count += watcher.processes().size();
        }
        return count;
    }
}
