package circus.manager.watcher;

/** Why a process ended: the {@code reason} of its {@code exit} event. */
enum ExitReason {
    /** Nobody of us asked for it. */
    DIED("died", true),
    STOP("stop", true),
    RESTART("restart", true),
    /** The watcher was made smaller. No {@code reap} event: consumers count those as deaths. */
    DECR("decr", false),
    /** The daemon ends. */
    QUIT("quit", true),
    /** Another configuration than that with which it was started applies now. */
    REPLACE("replace", true);

    private final String word;
    private final boolean reaped;

    ExitReason(String word, boolean reaped) {
        this.word = word;
        this.reaped = reaped;
    }

    String word() {
        return word;
    }

    /** Whether a {@code reap} event is published; {@code exit} always is. */
    boolean reaped() {
        return reaped;
    }
}
