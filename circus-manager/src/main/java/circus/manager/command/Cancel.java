package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.message.CommandException;
import circus.message.Reply;

/** Gives up what waits for its turn. */
final class Cancel implements Command {
    private final Arbiter arbiter;

    Cancel(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    @Override
    public void run(Call call) throws CommandException {
        arbiter.cancel(
                call.properties().integer("job").orElseThrow(), call.caller().words());
        call.reply(Reply.ok());
    }
}
