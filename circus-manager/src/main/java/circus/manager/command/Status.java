package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.arbiter.Changes;
import circus.manager.arbiter.RunTimeChange;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The state of one watcher, in place of the reply's own status; or of all, by name as configured. With {@code
 * changes} also what commands have changed. */
final class Status implements Command {
    private final Arbiter arbiter;
    private final Changes changes;

    Status(Arbiter arbiter, Changes changes) {
        this.arbiter = arbiter;
        this.changes = changes;
    }

    @Override
    public void run(Call call) throws CommandException {
        Optional<String> name = call.properties().text("name");
        boolean changed = call.properties().isTrue("changes");
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (name.isPresent()) {
            Watcher watcher = arbiter.find(name.get());
            fields.put("status", watcher.status().word());
            arbiter.output().tell(watcher.name(), fields);
            if (changed) {
                fields.put("changes", changesOf(watcher, changes));
            }
            call.reply(new Reply.Ok(fields));
            return;
        }
        Map<String, @Nullable Object> statuses = new LinkedHashMap<>();
        for (Watcher watcher : arbiter.watchers()) {
            statuses.put(watcher.name(), watcher.status().word());
        }
        fields.put("statuses", statuses);
        arbiter.output().tell(statuses.keySet(), fields);
        if (changed) {
            addChanges(fields);
        }
        call.reply(new Reply.Ok(fields));
    }

    /** The options of a watcher that commands have changed, each with both values. */
    static Map<String, @Nullable Object> changesOf(Watcher watcher, Changes changes) {
        RunTimeChange change = changes.runTimeChanges().get(watcher.name());
        return change == null ? Map.of() : change.toJson();
    }

    private void addChanges(Map<String, @Nullable Object> fields) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>();
        List<String> added = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        changes.runTimeChanges().forEach((name, change) -> {
            switch (change.kind()) {
                case CHANGED -> changed.put(name, change.toJson());
                case ADDED -> added.add(name);
                case REMOVED -> removed.add(name);
            }
        });
        fields.put("changes", changed);
        fields.put("added", added);
        fields.put("removed", removed);
    }
}
