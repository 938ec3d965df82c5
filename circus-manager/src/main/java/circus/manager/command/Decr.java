package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.message.CommandException;

/** Fewer workers, the oldest go; with a negative number, more. */
final class Decr implements Command {
    private final Resize resize;

    Decr(Arbiter arbiter) {
        resize = new Resize(arbiter, -1);
    }

    @Override
    public void run(Call call) throws CommandException {
        resize.run(call);
    }
}
