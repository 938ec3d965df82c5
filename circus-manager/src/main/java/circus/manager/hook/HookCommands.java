package circus.manager.hook;

import circus.message.Reply;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How hooks in Python give commands to circusd. Called on circus-loop only. */
@FunctionalInterface
public interface HookCommands {
    /**
     * @param from whose code it is, for the audit
     * @param replyTo gets exactly one reply, now or later
     */
    void give(String from, String command, Map<String, @Nullable Object> properties, Consumer<Reply> replyTo);
}
