package circus.hook;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a hook is told, and what it may do. Which of the facts there are depends on the {@link HookPoint}. For the thread on which the hook
 * runs, while it runs: the actions are carried out on circusd's own thread, and the hook waits for that.
 */
public interface HookCall {
    /** Which of the eleven points it is. */
    HookPoint point();

    /** The watcher's name, as configured. */
    String watcher();

    /** The process's number within the watcher, {@code $(circus.wid)}. */
    OptionalInt wid();

    /** The process that it is about; empty at points that are about the watcher. */
    OptionalInt pid();

    /** The signal that is about to be sent, or was. */
    OptionalInt signum();

    /** When the process ended. */
    Optional<Instant> time();

    /** 0 to 255, or minus the number of the signal that ended the process. */
    OptionalInt exitCode();

    /** What is left of the process: 2, nothing. Circus has other numbers too. */
    OptionalInt processStatus();

    /**
     * The figures of the process, for extended_stats: whatever is put here is answered too. Texts, numbers, booleans, lists and maps with
     * texts as keys. Elsewhere empty, and a change has no effect.
     */
    Map<String, Object> stats();

    /** The watcher's options as an ini file would say them, and what else stands in its section. */
    Map<String, String> options();

    /** {@code starting}, {@code active}, {@code stopping} or {@code stopped}. */
    String status() throws InterruptedException;

    /** The processes of the watcher: the number within the watcher by pid, in the order of their starts. */
    Map<Integer, Integer> processes() throws InterruptedException;

    /**
     * Sends a signal to a process of the watcher. No other hook hears of it, and no event tells of it.
     *
     * @return false when the watcher has no such process any more
     */
    boolean signal(int pid, int signum) throws InterruptedException;
}
