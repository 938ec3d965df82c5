package circus.manager.command;

import circus.message.CommandException;
import circus.message.PythonText;
import circus.message.Reply;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the daemon can be reached, and its pace. */
final class GlobalOptions implements Command {
    private final Whereabouts whereabouts;

    GlobalOptions(Whereabouts whereabouts) {
        this.whereabouts = whereabouts;
    }

    @Override
    public void run(Call call) throws CommandException {
        Map<String, @Nullable Object> all = whereabouts.report();
        // As in Circus, an empty one means all.
        Optional<String> wanted = call.properties().text("option").filter(option -> !option.isEmpty());
        if (wanted.isEmpty()) {
            call.reply(Reply.ok("options", all));
        } else if (all.containsKey(wanted.get())) {
            call.reply(Reply.ok("options", Collections.singletonMap(wanted.get(), all.get(wanted.get()))));
        } else {
            throw CommandException.invalid(PythonText.repr(wanted.get()) + " not an existing option");
        }
    }
}
