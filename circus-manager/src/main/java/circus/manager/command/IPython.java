package circus.manager.command;

import circus.message.Reply;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Python shell within the daemon: Circus without IPython answers in this form that it has none. */
final class IPython implements Command {
    @Override
    public void run(Call call) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("shell", false);
        fields.put("msg", "not supported: this circusd is no Python program");
        call.reply(new Reply.Ok(fields));
    }
}
