package circus.manager.command;

import circus.command.PropertyValues;
import circus.manager.arbiter.Arbiter;
import circus.manager.recall.TailDesk;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import java.util.OptionalLong;

/** How workers have ended, and what they said last. Looked up on another thread. */
final class Postmortem implements Command {
    private static final long USUAL_LINES = 20;
    private static final long MOST_LINES = 1_000;

    private final Arbiter arbiter;
    private final TailDesk desk;

    Postmortem(Arbiter arbiter, TailDesk desk) {
        this.arbiter = arbiter;
        this.desk = desk;
    }

    @Override
    public void run(Call call) throws CommandException {
        PropertyValues properties = call.properties();
        OptionalLong lines = properties.integer("lines");
        if (lines.isPresent() && (lines.getAsLong() < 0 || lines.getAsLong() > MOST_LINES)) {
            throw CommandException.invalid("'lines' must be 0 to " + MOST_LINES + ", not " + lines.getAsLong());
        }
        desk.postmortem(
                properties.mandatoryText("name"),
                lines.orElse(USUAL_LINES),
                arbiter.watchers().stream().map(Watcher::name).toList(),
                call::reply);
    }
}
