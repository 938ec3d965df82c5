package circus.manager.command;

import circus.message.CommandException;

/** Keys are made where they are used, and a secret one never travels. */
final class KeyGen implements Command {
    @Override
    public void run(Call call) throws CommandException {
        throw CommandException.invalid("invalid message. keys are made by circusctl itself");
    }
}
