package circus.manager.command;

import circus.message.Reply;

/** What runs where, and what is installed. */
final class Versions implements Command {
    private final Upgrades upgrades;

    Versions(Upgrades upgrades) {
        this.upgrades = upgrades;
    }

    @Override
    public void run(Call call) {
        upgrades.versions(told -> call.reply(new Reply.Ok(told)));
    }
}
