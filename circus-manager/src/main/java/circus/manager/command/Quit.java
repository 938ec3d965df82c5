package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.message.CommandException;
import circus.message.Reply;

/** Ends the daemon, and all watchers but those with {@code use_papa}; with {@code terminate} those too, and the kernel. */
final class Quit implements Command {
    private final Arbiter arbiter;

    Quit(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    @Override
    public void run(Call call) throws CommandException {
        arbiter.quit(call.properties().isTrue("terminate"), call.patient(), call.outcome(change -> Reply.ok()));
        call.accepted();
    }
}
