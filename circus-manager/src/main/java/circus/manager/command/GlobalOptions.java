package circus.manager.command;

import circus.message.CommandException;
import circus.message.PythonText;
import circus.message.Reply;
import java.util.Collections;
import java.util.Map;
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
        Object wanted = call.properties().raw("option");
        if (wanted == null || wanted.equals("")) {
            call.reply(Reply.ok("options", all));
        } else if (wanted instanceof String option && all.containsKey(option)) {
            call.reply(Reply.ok("options", Collections.singletonMap(option, all.get(option))));
        } else {
            throw CommandException.invalid(PythonText.repr(wanted) + " not an existing option");
        }
    }
}
