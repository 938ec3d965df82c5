package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.arbiter.Changes;
import circus.manager.arbiter.RunTimeChange;
import circus.manager.watcher.Asked;
import circus.manager.watcher.Death;
import circus.manager.watcher.ProcessView;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.Json;
import circus.message.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The state of one watcher, in place of the reply's own status; or of all, by name as configured. With {@code
 * changes} also what commands have changed, with {@code details} what a table shows. */
final class Status implements Command {
    private final Arbiter arbiter;
    private final Changes changes;
    private final Supplier<Map<String, Death>> lastDeaths;

    /** @param lastDeaths by the name of the watcher in lower case */
    Status(Arbiter arbiter, Changes changes, Supplier<Map<String, Death>> lastDeaths) {
        this.arbiter = arbiter;
        this.changes = changes;
        this.lastDeaths = lastDeaths;
    }

    @Override
    public void run(Call call) throws CommandException {
        Optional<String> name = call.properties().text("name");
        boolean details = call.properties().isTrue("details");
        boolean changed = call.properties().isTrue("changes");
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (name.isPresent()) {
            Watcher watcher = arbiter.find(name.get());
            fields.put("status", watcher.status().word());
            arbiter.output().tell(watcher.name(), fields);
            if (changed) {
                fields.put("changes", changesOf(watcher, changes));
            }
            if (details) {
                fields.put("details", detailsOf(List.of(watcher)));
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
        if (details) {
            fields.put("details", detailsOf(arbiter.watchers()));
        }
        call.reply(new Reply.Ok(fields));
    }

    private Map<String, @Nullable Object> detailsOf(List<Watcher> watchers) {
        Map<String, Death> deaths = lastDeaths.get();
        Map<String, @Nullable Object> details = new LinkedHashMap<>();
        for (Watcher watcher : watchers) {
            List<ProcessView> processes = watcher.processes();
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("state", watcher.status().word());
            one.put("processes", (long) processes.size());
            one.put("wanted", (long) watcher.target());
            one.put(
                    "since",
                    processes.stream()
                            .map(ProcessView::started)
                            .min(Comparator.naturalOrder())
                            .map(Json::seconds)
                            .orElse(null));
            one.put("restarts", watcher.restarts());
            Death last = deaths.get(watcher.key());
            one.put("last_exit", last == null ? null : exit(last));
            one.put("asked", watcher.lastAsked().map(Asked::toJson).orElse(null));
            details.put(watcher.name(), one);
        }
        return details;
    }

    private static Map<String, @Nullable Object> exit(Death death) {
        Map<String, @Nullable Object> exit = new LinkedHashMap<>();
        exit.put("pid", (long) death.pid());
        exit.put("wid", (long) death.wid());
        exit.put("code", death.known());
        exit.put("time", Json.seconds(death.ended()));
        exit.put("reason", death.reason());
        return exit;
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
