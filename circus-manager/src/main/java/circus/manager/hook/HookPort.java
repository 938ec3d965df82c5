package circus.manager.hook;

import java.util.function.Consumer;

/** Where hooks run. Called on circus-loop only; {@link HookRunner} is the real one, tests of watchers bring their own. */
public interface HookPort {
    /** Runs a hook. The answer comes exactly once, later, on circus-loop, and soon after the limit at the latest. */
    void run(HookTask task, Consumer<HookAnswer> answer);
}
