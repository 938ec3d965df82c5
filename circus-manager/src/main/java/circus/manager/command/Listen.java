package circus.manager.command;

import circus.message.CommandException;

/** Events come from the PUB endpoint, never from this one. */
final class Listen implements Command {
    @Override
    public void run(Call call) throws CommandException {
        throw CommandException.invalid("invalid message. use a pub/sub socket");
    }
}
