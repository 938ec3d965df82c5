package circus.manager.watcher;

import circus.manager.hook.HookActions;
import circus.manager.kernel.SignalTarget;
import circus.message.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the hooks of a watcher may ask of it. Runs on circus-loop only. */
final class HookHelp implements HookActions {
    private final Watcher watcher;
    private final Workers workers;
    private final Surroundings around;

    HookHelp(Watcher watcher, Workers workers, Surroundings around) {
        this.watcher = watcher;
        this.workers = workers;
        this.around = around;
    }

    @Override
    public String status() {
        return watcher.status().word();
    }

    @Override
    public Map<Integer, Integer> processes() {
        Map<Integer, Integer> processes = new LinkedHashMap<>();
        workers.alive().forEach(worker -> processes.put(worker.pid(), worker.number()));
        return processes;
    }

    @Override
    public Map<String, @Nullable Object> describe() {
        Map<String, Object> processes = new LinkedHashMap<>();
        workers.alive()
                .forEach(worker -> processes.put(
                        Integer.toString(worker.pid()),
                        Map.of("wid", worker.number(), "started", Json.seconds(worker.started()))));
        Map<String, @Nullable Object> description = new LinkedHashMap<>();
        description.put("status", status());
        description.put("numprocesses", watcher.target());
        description.put("environment", watcher.config().environment());
        description.put("processes", processes);
        return description;
    }

    @Override
    public boolean signal(int pid, int signum) {
        for (Worker worker : workers.alive()) {
            if (worker.pid() == pid) {
                around.kernel().signal(worker.incarnation(), signum, SignalTarget.PROCESS);
                around.changed(watcher);
                return true;
            }
        }
        return false;
    }
}
