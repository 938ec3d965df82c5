package circus.manager.command;

import circus.command.CommandSpec;
import circus.message.CommandException;
import circus.message.Reply;
import circus.message.Request;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Commands and their replies as the text that goes over the wire, less what differs each time: the id and the time. */
final class Exchange {
    private static final Instant NOW = Instant.ofEpochSecond(1795209277);

    private Exchange() {}

    /**
     * Everything that is answered, now or later.
     *
     * @param properties a JSON object, with ' for "
     */
    static List<String> send(Commands commands, String command, String properties) {
        List<String> replies = new ArrayList<>();
        try {
            Request request = Request.decode(("{\"id\": 1, \"command\": \"" + command + "\", \"properties\": "
                            + properties.replace('\'', '"') + "}")
                    .getBytes(StandardCharsets.UTF_8));
            CommandSpec spec = CommandSpec.find(request.command()).orElseThrow();
            commands.execute(new Call(
                    Caller.UNKNOWN, spec, spec.check(request.properties()), false, reply -> replies.add(text(reply))));
        } catch (CommandException refused) {
            replies.add(text(refused.reply()));
        }
        return replies;
    }

    private static String text(Reply reply) {
        return new String(reply.encode(1, NOW), StandardCharsets.UTF_8)
                .replace("\"time\": 1795209277.0, ", "")
                .replace(", \"id\": 1", "");
    }
}
