package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.message.CommandException;

/** More workers; with a negative number, fewer. */
final class Incr implements Command {
    private final Resize resize;

    Incr(Arbiter arbiter) {
        resize = new Resize(arbiter, 1);
    }

    @Override
    public void run(Call call) throws CommandException {
        resize.run(call);
    }
}
