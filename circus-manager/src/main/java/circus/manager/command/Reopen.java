package circus.manager.command;

import circus.message.Reply;

/** Has the log files opened anew by their names. The files do so on other threads; nothing waits for them. */
final class Reopen implements Command {
    private final Runnable logs;

    /** @param logs has all of them opened anew */
    Reopen(Runnable logs) {
        this.logs = logs;
    }

    @Override
    public void run(Call call) {
        logs.run();
        call.reply(Reply.ok());
    }
}
