package circus.manager.command;

import circus.manager.arbiter.Arbiter;
import circus.manager.stats.StatsReader;
import circus.manager.watcher.ProcessView;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.PythonText;
import circus.message.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The figures of all processes, of those of one watcher, or of a single one. Read on another thread; the answer comes when they are there. */
final class Stats implements Command {
    private final Arbiter arbiter;
    private final StatsReader stats;

    Stats(Arbiter arbiter, StatsReader stats) {
        this.arbiter = arbiter;
        this.stats = stats;
    }

    @Override
    public void run(Call call) throws CommandException {
        Optional<String> name = call.properties().text("name");
        OptionalLong process = call.properties().integer("process");
        if (name.isEmpty()) {
            ofAll(call);
        } else if (process.isEmpty()) {
            ofWatcher(call, name.get());
        } else {
            ofProcess(call, name.get(), process.getAsLong());
        }
    }

    private void ofAll(Call call) throws CommandException {
        List<ProcessView> all = new ArrayList<>();
        Map<String, List<Integer>> pids = new LinkedHashMap<>();
        for (Watcher watcher : arbiter.watchers()) {
            List<ProcessView> processes = watcher.processes();
            all.addAll(processes);
            pids.put(watcher.name(), processes.stream().map(ProcessView::pid).toList());
        }
        stats.readEncoded(all, infos -> {
            Map<String, @Nullable Object> byWatcher = new LinkedHashMap<>();
            pids.forEach((watcher, own) -> byWatcher.put(watcher, byPid(own, infos)));
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("infos", byWatcher);
            arbiter.output().tell(pids.keySet(), fields);
            call.reply(new Reply.Ok(fields));
        });
    }

    private void ofWatcher(Call call, String name) throws CommandException {
        Watcher watcher = arbiter.find(name);
        List<ProcessView> processes = watcher.processes();
        List<Integer> pids = processes.stream().map(ProcessView::pid).toList();
        read(call, watcher, processes, infos -> {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("name", name);
            fields.put("info", byPid(pids, infos));
            arbiter.output().tell(watcher.name(), fields);
            call.reply(new Reply.Ok(fields));
        });
    }

    private void ofProcess(Call call, String name, long pid) throws CommandException {
        Watcher watcher = arbiter.find(name);
        ProcessView process = watcher.processes().stream()
                .filter(each -> each.pid() == pid)
                .findFirst()
                .orElseThrow(() -> CommandException.invalid("process "
                        + PythonText.repr(call.properties().raw("process")) + " not found in "
                        + PythonText.repr(name)));
        read(call, watcher, List.of(process), infos -> {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("process", call.properties().raw("process"));
            fields.put("info", infos.get(process.pid()));
            call.reply(new Reply.Ok(fields));
        });
    }

    /** The figures of a watcher's processes, with what its hook adds where that is asked for. */
    private void read(Call call, Watcher watcher, List<ProcessView> processes, Consumer<Map<Integer, Object>> whole)
            throws CommandException {
        if (call.properties().isTrue("extended") && watcher.hasExtendedStats()) {
            stats.read(processes, infos -> new ExtendedStats(call, infos, whole).ask(watcher, processes));
        } else {
            stats.readEncoded(processes, whole);
        }
    }

    private static Map<String, @Nullable Object> byPid(List<Integer> pids, Map<Integer, Object> infos) {
        Map<String, @Nullable Object> byPid = new LinkedHashMap<>();
        pids.forEach(pid -> byPid.put(pid.toString(), infos.get(pid)));
        return byPid;
    }
}
