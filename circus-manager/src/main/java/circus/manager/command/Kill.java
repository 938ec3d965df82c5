package circus.manager.command;

import circus.command.PropertyValues;
import circus.manager.arbiter.Arbiter;
import circus.manager.watcher.KillOrder;
import circus.message.CommandException;
import circus.message.Reply;

/** Ends processes of a watcher that others follow. It takes no lock, so nothing stands in its way. */
final class Kill implements Command {
    private final Arbiter arbiter;

    Kill(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    @Override
    public void run(Call call) throws CommandException {
        PropertyValues properties = call.properties();
        KillOrder order = new KillOrder(
                properties.integer("pid"),
                properties.signal("signum"),
                properties.seconds("graceful_timeout"),
                call.behalf());
        arbiter.find(properties.mandatoryText("name")).kill(order, call.outcome(change -> Reply.ok()));
        call.accepted();
    }
}
