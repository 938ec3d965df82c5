package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.message.CommandException;
import circus.message.Reply;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Some options of a watcher, in the order in which they were asked for. */
final class Get implements Command {
    private final Arbiter arbiter;

    Get(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    @Override
    public void run(Call call) throws CommandException {
        Map<String, @Nullable Object> all =
                arbiter.find(call.properties().mandatoryText("name")).report();
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        for (String key : call.properties().texts("keys")) {
            if (!all.containsKey(key)) {
                throw CommandException.invalid("'" + key + "' option not found");
            }
            options.put(key, all.get(key));
        }
        call.reply(Reply.ok("options", options));
    }
}
