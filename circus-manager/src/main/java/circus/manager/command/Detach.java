package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.message.CommandException;
import circus.message.Reply;

/** Ends the manager and nothing else. */
final class Detach implements Command {
    private final Arbiter arbiter;

    Detach(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    @Override
    public void run(Call call) throws CommandException {
        arbiter.detach();
        call.reply(Reply.ok());
    }
}
