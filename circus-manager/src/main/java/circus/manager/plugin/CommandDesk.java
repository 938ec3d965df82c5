package circus.manager.plugin;

import circus.message.Reply;
import circus.message.Request;
import java.util.function.Consumer;

/** Carries out the requests of plugins, on circus-loop. */
public interface CommandDesk {
    /**
     * @param plugin the name of its watcher
     * @param replyTo gets exactly one reply, now or later
     */
    void take(String plugin, Request request, Consumer<Reply> replyTo);
}
