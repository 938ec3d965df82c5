package circus.manager.watcher;

/**
 * The life of one worker, as one table.
 *
 * <pre>
 *   PREPARING ──AGREED──► STARTING ──SPAWNED_ON_TRIAL──► ON_TRIAL ──AGREED──► RUNNING
 *      │ └─STOP_ASKED─► CANCELLED                          │ └─REFUSED──► STOPPING
 *      └─FAILED──► GONE                                    └─STOP_ASKED─► DISMISSED ──AGREED, REFUSED──► STOPPING
 *                                                                             └─GRACE_OVER──► KILLED
 *
 *   STARTING ──SPAWNED──► RUNNING ──STOP_ASKED──► STOPPING ──GRACE_OVER──► KILLED
 *      │ │                   │                      │  │                   │  │
 *      │ └─STOP_ASKED─► CANCELLED ──SPAWNED─────────┘  │                   │  │
 *      │                     │                         │                   │  │
 *      │    (RUNNING, STOPPING) ──EXITED_LEAVING──► LINGERING ──GRACE_OVER─┤  │
 *      │                                               │                   │  │
 *      │              (KILLED) ──EXITED_LEAVING────────┼───────────► PURGED◄──┘
 *      └─FAILED──► GONE ◄──EXITED── (all that run)     └──LEFTOVERS_GONE──► GONE
 * </pre>
 *
 * <p>The first drawing is the way in with the hooks before_spawn (PREPARING) and after_spawn (ON_TRIAL), the second all the rest. DISMISSED
 * ends as STOPPING does when the process does.
 *
 * <p>LINGERING and PURGED: the process itself has ended, descendants that it left behind have not. An event that a state does not know
 * changes nothing: the process may end, or be asked to, at any moment.
 */
enum WorkerState {
    /** The hook before_spawn is asked. */
    PREPARING,
    /** Asked of the kernel, no answer yet. */
    STARTING,
    /** As PREPARING, and will not be; or as STARTING, and to be stopped as soon as it is there. */
    CANCELLED,
    /** Its process is there, and the hook after_spawn is asked whether it may stay. */
    ON_TRIAL,
    /** As ON_TRIAL, and to be stopped as soon as the hook has answered. */
    DISMISSED,
    RUNNING,
    /** The stop signal was sent, or the hook before_signal is asked about it. */
    STOPPING,
    /** The time for a graceful end is over, SIGKILL was sent. */
    KILLED,
    /** Its leftovers were sent the stop signal. */
    LINGERING,
    /** Its leftovers were sent SIGKILL. */
    PURGED,
    GONE;

    /** What can happen to a worker. */
    enum Happening {
        /** The hook that is asked has nothing against it. */
        AGREED,
        /** The hook after_spawn does not want it. */
        REFUSED,
        /** As SPAWNED, and there is a hook to be asked. */
        SPAWNED_ON_TRIAL,
        SPAWNED,
        FAILED,
        STOP_ASKED,
        GRACE_OVER,
        EXITED,
        EXITED_LEAVING,
        LEFTOVERS_GONE
    }

    WorkerState on(Happening happening) {
        return switch (this) {
            case PREPARING ->
                switch (happening) {
                    case AGREED -> STARTING;
                    case STOP_ASKED -> CANCELLED;
                    case FAILED -> GONE;
                    default -> this;
                };
            case STARTING ->
                switch (happening) {
                    case SPAWNED -> RUNNING;
                    case SPAWNED_ON_TRIAL -> ON_TRIAL;
                    case STOP_ASKED -> CANCELLED;
                    case FAILED -> GONE;
                    default -> this;
                };
            case CANCELLED ->
                switch (happening) {
                    case SPAWNED -> STOPPING;
                    case FAILED -> GONE;
                    default -> this;
                };
            case ON_TRIAL ->
                switch (happening) {
                    case AGREED -> RUNNING;
                    case REFUSED -> STOPPING;
                    case STOP_ASKED -> DISMISSED;
                    case EXITED -> GONE;
                    case EXITED_LEAVING -> LINGERING;
                    default -> this;
                };
            case DISMISSED ->
                switch (happening) {
                    case AGREED, REFUSED -> STOPPING;
                    case GRACE_OVER -> KILLED;
                    case EXITED -> GONE;
                    case EXITED_LEAVING -> LINGERING;
                    default -> this;
                };
            case RUNNING ->
                switch (happening) {
                    case STOP_ASKED -> STOPPING;
                    case EXITED -> GONE;
                    case EXITED_LEAVING -> LINGERING;
                    default -> this;
                };
            case STOPPING ->
                switch (happening) {
                    case GRACE_OVER -> KILLED;
                    case EXITED -> GONE;
                    case EXITED_LEAVING -> LINGERING;
                    default -> this;
                };
            case KILLED ->
                switch (happening) {
                    case EXITED -> GONE;
                    case EXITED_LEAVING -> PURGED;
                    default -> this;
                };
            case LINGERING ->
                switch (happening) {
                    case GRACE_OVER -> PURGED;
                    case LEFTOVERS_GONE -> GONE;
                    default -> this;
                };
            case PURGED -> happening == Happening.LEFTOVERS_GONE ? GONE : this;
            case GONE -> this;
        };
    }

    /** The process runs, as far as we were told. */
    boolean alive() {
        return this == RUNNING || this == STOPPING || this == KILLED || this == ON_TRIAL || this == DISMISSED;
    }

    /** Wanted, and not there yet. */
    boolean coming() {
        return this == PREPARING || this == STARTING || this == ON_TRIAL;
    }

    /** Runs, or will, and nobody has asked for its end. */
    boolean wanted() {
        return this == RUNNING || coming();
    }

    /** Has a process or will have one, so that its worker number is taken. */
    boolean holdsNumber() {
        return alive() || coming() || this == CANCELLED;
    }

    /** On its way out, with an end that is still to come. */
    boolean ending() {
        return this != GONE && !wanted();
    }
}
