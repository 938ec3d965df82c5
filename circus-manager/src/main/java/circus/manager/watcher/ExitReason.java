package circus.manager.watcher;

/** Why a process ended: the {@code reason} of its {@code exit} event. */
enum ExitReason {
    /** Nobody of us asked for it. */
    DIED("died", true, false),
    STOP("stop", true, false),
    RESTART("restart", true, false),
    /** The watcher was made smaller. No {@code reap} event: consumers count those as deaths. */
    DECR("decr", false, false),
    /** The daemon ends. */
    QUIT("quit", true, false),
    /** Another configuration than that with which it was started applies now. */
    REPLACE("replace", true, true),
    /** The command kill. No {@code reap} event, as in Circus; its successor comes when it has ended. */
    KILL("kill", false, true),
    /** It was older than {@code max_age} allows. No {@code reap} event, as in Circus. */
    MAX_AGE("max_age", false, true),
    /** The hook after_spawn did not want it. No event has told of its start either. */
    REFUSED("refused", false, false),
    /** A reload has brought its successor. No {@code reap} event, as in Circus. */
    RELOAD("reload", false, false),
    /** A sequential reload will bring its successor; Circus tells this end by a {@code reap} event. */
    RELOAD_IN_TURN("reload", true, true);

    private final String word;
    private final boolean reaped;
    private final boolean keepsPlace;

    ExitReason(String word, boolean reaped, boolean keepsPlace) {
        this.word = word;
        this.reaped = reaped;
        this.keepsPlace = keepsPlace;
    }

    String word() {
        return word;
    }

    /** Whether a {@code reap} event is published; {@code exit} always is. */
    boolean reaped() {
        return reaped;
    }

    /** Whether its successor is started only when it has ended. */
    boolean keepsPlace() {
        return keepsPlace;
    }
}
