package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.message.Reply;

/** How many watchers there are, running or not. */
final class NumWatchers implements Command {
    private final Arbiter arbiter;

    NumWatchers(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    @Override
    public void run(Call call) {
        call.reply(Reply.ok("numwatchers", arbiter.watchers().size()));
    }
}
