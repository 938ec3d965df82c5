package circus.manager.command;

import circus.manager.stats.StatsReader;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.Reply;
import java.util.Map;

/** The figures of the daemon itself. Read on another thread; the answer comes when they are there. */
final class DStats implements Command {
    private final StatsReader stats;

    DStats(StatsReader stats) {
        this.stats = stats;
    }

    @Override
    public void run(Call call) throws CommandException {
        stats.readDaemon(info -> call.reply(
                info instanceof Map<?, ?>
                        ? Reply.ok("info", info)
                        : new Reply.Failed(
                                ErrorCode.COMMAND_ERROR,
                                "cannot read the figures of circusd from /proc; its log at level debug tells why",
                                null)));
    }
}
