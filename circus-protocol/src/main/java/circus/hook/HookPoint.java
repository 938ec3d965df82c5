package circus.hook;

import java.util.Locale;

/**
 * A moment in the life of a watcher at which a hook may run: {@code hooks.WORD} of a watcher's section.
 *
 * <p>Version history: the eleven of Circus 0.19.0.
 */
public enum HookPoint {
    BEFORE_START(false, "The watcher is about to start.", "", "the watcher stays stopped, and no event tells of it"),
    AFTER_START(false, "All processes were started, the warm-up is over.", "", "the watcher is stopped"),
    BEFORE_STOP(true, "A stop begins.", "", ""),
    AFTER_STOP(true, "The watcher has stopped, after the stop event.", "", ""),
    BEFORE_SPAWN(false, "A process is about to be started.", "wid", "the watcher is stopped"),
    AFTER_SPAWN(
            false,
            "A process was started.",
            "wid, pid",
            "the process gets the stop signal, no spawn or reap event tells of it, and the watcher is stopped"),
    BEFORE_SIGNAL(
            true,
            "A process is about to be sent a signal.",
            "wid, pid, signum",
            "the signal is not sent, unless it is SIGKILL; SIGKILL follows after graceful_timeout"),
    AFTER_SIGNAL(true, "A process was sent a signal, or before_signal was against it.", "wid, pid, signum", ""),
    BEFORE_REAP(false, "A process has ended; the reap event follows.", "wid, pid, time", ""),
    AFTER_REAP(false, "After the reap event of a process.", "wid, pid, time, exit code", ""),
    EXTENDED_STATS(false, "The stats command was asked with extended, for one process.", "wid, pid, stats", "");

    private final boolean errorIsFine;
    private final String when;
    private final String extra;
    private final String whenFalse;

    HookPoint(boolean errorIsFine, String when, String extra, String whenFalse) {
        this.errorIsFine = errorIsFine;
        this.when = when;
        this.extra = extra;
        this.whenFalse = whenFalse;
    }

    /** As options and events call it: {@code before_start}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What an error counts as where the option does not say {@code ,true}. */
    public boolean errorCountsAs() {
        return errorIsFine;
    }

    /** When it runs, as a sentence. */
    public String when() {
        return when;
    }

    /** What it is told beside the watcher, as names. */
    public String extra() {
        return extra;
    }

    /** What a false result brings; empty where it brings nothing. */
    public String whenFalse() {
        return whenFalse;
    }
}
