package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.message.CommandException;
import circus.message.Reply;

/** All options of a watcher, sorted. */
final class Options implements Command {
    private final Arbiter arbiter;

    Options(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    @Override
    public void run(Call call) throws CommandException {
        call.reply(Reply.ok(
                "options", arbiter.find(call.properties().mandatoryText("name")).report()));
    }
}
