package circus.manager.hook;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a hook can have its watcher tell and do. Called on circus-loop only. */
public interface HookActions {
    String status();

    /** The worker number by pid, in spawn order. */
    Map<Integer, Integer> processes();

    /** All that there is to know of it now: {@code status}, {@code numprocesses}, {@code environment}, {@code processes} by pid. */
    Map<String, @Nullable Object> describe();

    /** @return false when the watcher has no such process */
    boolean signal(int pid, int signum);
}
