package circus.manager.command;

import circus.message.Reply;

/** What was added to this circusd, with all that circusctl needs to know of it. */
final class Added implements Command {
    private final Additions additions;

    Added(Additions additions) {
        this.additions = additions;
    }

    @Override
    public void run(Call call) {
        call.reply(Reply.ok("commands", additions.fields()));
    }
}
