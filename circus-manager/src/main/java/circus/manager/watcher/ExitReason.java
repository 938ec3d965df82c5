package circus.manager.watcher;

/** Why a process ended: the {@code reason} of its {@code exit} event. */
public enum ExitReason {
    DIED("died", true, false, "Nobody of us asked for it, as far as this circusd knows."),
    KERNEL_LOST(
            "kernel_lost",
            true,
            false,
            "The same, and how it ended is not known: the kernel that started it was killed."),
    STOP("stop", true, false, "The watcher was stopped."),
    RESTART("restart", true, false, "The watcher was restarted."),
    /** No {@code reap} event: consumers count those as deaths. */
    DECR("decr", false, false, "The watcher was made smaller."),
    QUIT("quit", true, false, "circusd was told to quit."),
    REPLACE("replace", true, true, "Another configuration than that with which it was started applies now."),
    /** No {@code reap} event, as in Circus; its successor comes when it has ended. */
    KILL("kill", false, true, "The command `kill` was given."),
    /** No {@code reap} event, as in Circus. */
    MAX_AGE("max_age", false, true, "It was older than `max_age` allows."),
    /** No event has told of its start either. */
    REFUSED("refused", false, false, "The hook `after_spawn` did not want it, so no `spawn` has told of it."),
    /** No {@code reap} event, as in Circus. */
    RELOAD("reload", false, false, "A reload has brought its successor."),
    /** Circus tells this end by a {@code reap} event. */
    RELOAD_IN_TURN("reload", true, true, "A sequential reload will bring its successor."),
    /** No watcher has it any more. */
    LEFT("left", false, false, "Its watcher was removed by `rm --nostop`, and nobody has minded it since.");

    private final String word;
    private final boolean reaped;
    private final boolean keepsPlace;
    private final String doc;

    ExitReason(String word, boolean reaped, boolean keepsPlace, String doc) {
        this.word = word;
        this.reaped = reaped;
        this.keepsPlace = keepsPlace;
        this.doc = doc;
    }

    public String word() {
        return word;
    }

    /** Whether a {@code reap} event is published; {@code exit} always is. */
    public boolean reaped() {
        return reaped;
    }

    /** Whether nobody of us asked for it. */
    boolean isDeath() {
        return this == DIED || this == KERNEL_LOST;
    }

    /** Whether its successor is started only when it has ended. */
    boolean keepsPlace() {
        return keepsPlace;
    }

    /** One sentence for users. */
    public String doc() {
        return doc;
    }
}
