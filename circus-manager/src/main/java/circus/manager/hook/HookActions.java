package circus.manager.hook;

import java.util.Map;

/** What a hook can have its watcher tell and do. Called on circus-loop only. */
public interface HookActions {
    String status();

    /** The worker number by pid, in spawn order. */
    Map<Integer, Integer> processes();

    /** @return false when the watcher has no such process */
    boolean signal(int pid, int signum);
}
