package circus.message;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What can happen to a watcher: the last word of an event's topic.
 *
 * <p>Version history: all but {@link #EXIT} as in Circus 0.19.0; {@code exit} since 0.1.0; the key {@code seq} at the end of all since
 * 0.2.0.
 */
public enum EventKind {
    SPAWN(
            "spawn",
            "process_pid, time",
            "A process was started, and `after_spawn` was not against it. `time` is that of its start."),
    REAP(
            "reap",
            "process_pid, time, exit_code",
            "A process has ended by itself or by a stop; not one that a smaller number, a reload or its age had end. `exit_code` is"
                    + " 0 to 255, or minus the signal's number; null where nobody knows, as of a worker whose kernel was killed."),
    KILL(
            "kill",
            "process_pid, time",
            "A process was sent its stop signal, and once more when it was sent SIGKILL; with `stop_children` also each of its"
                    + " descendants that was; not for `signal`, nor for the HUP of a reload."),
    START("start", "time", "The watcher became active."),
    STOP("stop", "time", "The watcher has stopped all its processes; also after a start that failed."),
    RELOAD("reload", "time", "A graceful reload is done, be it that nothing was to be done."),
    UPDATED("updated", "time", "An option was set by `set`; one event for each."),
    ADD("add", "time", "The watcher was added by `add`."),
    REMOVE("remove", "time", "The watcher was removed by `rm`; its processes are stopped after this."),
    HOOK_SUCCESS("hook_success", "name, time", "A hook returned, be it false."),
    HOOK_FAILURE("hook_failure", "name, time, error", "A hook failed. `error` says how."),
    EXIT("exit", "process_pid, time, exit_code, reason", "A process has ended, whatever the reason; not in Circus.");

    private final String word;
    private final String payload;
    private final String doc;

    EventKind(String word, String payload, String doc) {
        this.word = word;
        this.payload = payload;
        this.doc = doc;
    }

    /** The kind of that word, in any case. */
    public static Optional<EventKind> find(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        for (EventKind kind : values()) {
            if (kind.word.equals(lower)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** The word in the topic. */
    public String word() {
        return word;
    }

    /** The keys of its body in their order; {@code seq} follows in all of them. */
    public List<String> keys() {
        return List.of(payload.split(", "));
    }

    /** When it is published. */
    public String doc() {
        return doc;
    }
}
