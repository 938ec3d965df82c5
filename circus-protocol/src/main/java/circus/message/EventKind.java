package circus.message;

/**
 * What can happen to a watcher: the last word of an event's topic.
 *
 * <p>Version history: all but {@link #EXIT} as in Circus 0.19.0; {@code exit} since 0.1.0.
 */
public enum EventKind {
    SPAWN("spawn", "A process was started. Payload: process_pid, time."),
    REAP("reap", "A dead process was collected by itself or by a stop. Payload: process_pid, time, exit_code."),
    KILL("kill", "A process was sent its stop signal, or SIGKILL. Payload: process_pid, time."),
    START("start", "The watcher became active. Payload: time."),
    STOP("stop", "The watcher has stopped all its processes. Payload: time."),
    RELOAD("reload", "A graceful reload is done. Payload: time."),
    UPDATED("updated", "An option was set; one event for each. Payload: time."),
    ADD("add", "The watcher was added by a command. Payload: time."),
    REMOVE("remove", "The watcher was removed by a command. Payload: time."),
    HOOK_SUCCESS("hook_success", "A hook returned. Payload: name, time."),
    HOOK_FAILURE("hook_failure", "A hook failed. Payload: name, time, error."),
    EXIT("exit", "A process ended, whatever the reason. Payload: process_pid, time, exit_code, reason.");

    private final String word;
    private final String doc;

    EventKind(String word, String doc) {
        this.word = word;
        this.doc = doc;
    }

    /** The word in the topic. */
    public String word() {
        return word;
    }

    public String doc() {
        return doc;
    }
}
