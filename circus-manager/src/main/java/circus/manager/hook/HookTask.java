package circus.manager.hook;

import circus.hook.HookPoint;
import circus.manager.config.HookSpec;
import java.time.Duration;
import java.util.Map;

/**
 * One call of one hook.
 *
 * @param watcher its name as configured
 * @param limit how long it may take, its turn to come included
 * @param options the watcher's options and the rest of its section, as text; empty for a program
 * @param environment of the watcher's processes, for PYTHONPATH; empty for a program
 */
public record HookTask(
        HookPoint point,
        HookSpec spec,
        String watcher,
        HookFacts facts,
        Duration limit,
        Map<String, String> options,
        Map<String, String> environment,
        HookActions actions) {
    @Override
    public String toString() {
        return "hook " + point.word() + " of " + watcher + " (" + spec + ")";
    }
}
