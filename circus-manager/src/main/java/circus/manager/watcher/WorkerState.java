package circus.manager.watcher;

/**
 * The life of one worker, as one table.
 *
 * <pre>
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
 * <p>LINGERING and PURGED: the process itself has ended, descendants that it left behind have not. An event that a state does not know
 * changes nothing: the process may end, or be asked to, at any moment.
 */
enum WorkerState {
    /** Asked of the kernel, no answer yet. */
    STARTING,
    /** As STARTING, and to be stopped as soon as it is there. */
    CANCELLED,
    RUNNING,
    /** The stop signal was sent. */
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
            case STARTING ->
                switch (happening) {
                    case SPAWNED -> RUNNING;
                    case STOP_ASKED -> CANCELLED;
                    case FAILED -> GONE;
                    case GRACE_OVER, EXITED, EXITED_LEAVING, LEFTOVERS_GONE -> this;
                };
            case CANCELLED ->
                switch (happening) {
                    case SPAWNED -> STOPPING;
                    case FAILED -> GONE;
                    case STOP_ASKED, GRACE_OVER, EXITED, EXITED_LEAVING, LEFTOVERS_GONE -> this;
                };
            case RUNNING ->
                switch (happening) {
                    case STOP_ASKED -> STOPPING;
                    case EXITED -> GONE;
                    case EXITED_LEAVING -> LINGERING;
                    case SPAWNED, FAILED, GRACE_OVER, LEFTOVERS_GONE -> this;
                };
            case STOPPING ->
                switch (happening) {
                    case GRACE_OVER -> KILLED;
                    case EXITED -> GONE;
                    case EXITED_LEAVING -> LINGERING;
                    case SPAWNED, FAILED, STOP_ASKED, LEFTOVERS_GONE -> this;
                };
            case KILLED ->
                switch (happening) {
                    case EXITED -> GONE;
                    case EXITED_LEAVING -> PURGED;
                    case SPAWNED, FAILED, STOP_ASKED, GRACE_OVER, LEFTOVERS_GONE -> this;
                };
            case LINGERING ->
                switch (happening) {
                    case GRACE_OVER -> PURGED;
                    case LEFTOVERS_GONE -> GONE;
                    case SPAWNED, FAILED, STOP_ASKED, EXITED, EXITED_LEAVING -> this;
                };
            case PURGED -> happening == Happening.LEFTOVERS_GONE ? GONE : this;
            case GONE -> this;
        };
    }

    /** The process runs, as far as we were told. */
    boolean alive() {
        return this == RUNNING || this == STOPPING || this == KILLED;
    }

    /** Runs, or will, and nobody has asked for its end. */
    boolean wanted() {
        return this == STARTING || this == RUNNING;
    }

    /** Has a process or will have one, so that its worker number is taken. */
    boolean holdsNumber() {
        return alive() || this == STARTING || this == CANCELLED;
    }

    /** On its way out, with an end that is still to come. */
    boolean ending() {
        return this != GONE && !wanted();
    }
}
