import circus.hook.Hook;
import circus.hook.HookCall;
import java.nio.file.Files;
import java.nio.file.Path;

/** hooks.before_start: the watcher may start while there is a file NAME.open in circusd's folder. */
public final class Gate implements Hook {
    @Override
    public boolean run(HookCall call) {
        return Files.exists(Path.of(call.watcher() + ".open"));
    }
}
