package circus.manager.command;

import circus.manager.hook.HookAnswer;
import circus.manager.watcher.ProcessView;
import circus.manager.watcher.Watcher;
import circus.message.ErrorCode;
import circus.message.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has a watcher's hook extended_stats add to the figures of its processes, all at the same time, and goes on when the last one is there.
 * One hook that fails makes the command fail. Runs on circus-loop only.
 */
final class ExtendedStats {
    private final Call call;
    private final Map<Integer, Object> infos;
    private final Consumer<Map<Integer, Object>> whole;
    private int awaited;

    /**
     * @param infos by pid; what is no map stands for a process that has gone, and stays as it is
     * @param whole what to do with the figures then
     */
    ExtendedStats(Call call, Map<Integer, Object> infos, Consumer<Map<Integer, Object>> whole) {
        this.call = call;
        this.infos = new LinkedHashMap<>(infos);
        this.whole = whole;
    }

    void ask(Watcher watcher, List<ProcessView> processes) {
        List<ProcessView> there = processes.stream()
                .filter(process -> infos.get(process.pid()) instanceof Map<?, ?>)
                .toList();
        awaited = there.size();
        if (there.isEmpty()) {
            whole.accept(infos);
        }
        for (ProcessView process : there) {
            watcher.extendStats(process, figures(process), answer -> answered(process, answer));
        }
    }

    private Map<String, @Nullable Object> figures(ProcessView process) {
        Map<String, @Nullable Object> figures = new LinkedHashMap<>();
        if (infos.get(process.pid()) instanceof Map<?, ?> info) {
            info.forEach((key, value) -> figures.put(String.valueOf(key), value));
        }
        return figures;
    }

    private void answered(ProcessView process, HookAnswer answer) {
        if (answer.error().isPresent()) {
            // Only the first reply is sent, so it does not matter how many fail.
            call.reply(new Reply.Failed(
                    ErrorCode.COMMAND_ERROR,
                    "the hook extended_stats failed for process " + process.pid() + ": "
                            + answer.error().get(),
                    null));
            return;
        }
        infos.put(process.pid(), answer.stats());
        awaited--;
        if (awaited == 0) {
            whole.accept(infos);
        }
    }
}
