package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.watcher.Job;
import circus.message.Json;
import circus.message.Reply;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What runs and what waits for its turn. */
final class Jobs implements Command {
    private final Arbiter arbiter;

    Jobs(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    @Override
    public void run(Call call) {
        call.reply(Reply.ok("jobs", arbiter.jobs().stream().map(Jobs::fields).toList()));
    }

    private static Map<String, @Nullable Object> fields(Job job) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("job", job.order().number() == 0 ? null : job.order().number());
        fields.put("state", job.running() ? "running" : "waiting");
        fields.put("since", Json.seconds(job.order().since()));
        fields.put("by", job.order().by());
        fields.put("command", job.order().words());
        return fields;
    }
}
