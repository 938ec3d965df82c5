package circus.client;

/** No answer: the peer could not be reached, is no circusd, did not answer in time, or went away. The message says which. */
public final class CallException extends Exception {
    private enum Kind {
        FAILED,
        ABSENT,
        LOST,
        TIMED_OUT,
        NOBODY_THERE,
        INTERRUPTED
    }

    private final Kind kind;

    private CallException(String message, Kind kind) {
        super(message, null, false, false);
        this.kind = kind;
    }

    CallException(String message) {
        this(message, Kind.FAILED);
    }

    static CallException absent(String message) {
        return new CallException(message, Kind.ABSENT);
    }

    static CallException lost(String message) {
        return new CallException(message, Kind.LOST);
    }

    static CallException timedOut(String message) {
        return new CallException(message, Kind.TIMED_OUT);
    }

    static CallException nobodyThere(String message) {
        return new CallException(message, Kind.NOBODY_THERE);
    }

    static CallException interrupted(String message) {
        return new CallException(message, Kind.INTERRUPTED);
    }

    /** True when it was waited for a peer that did not come; nothing was asked. */
    public boolean isAbsent() {
        return kind == Kind.ABSENT;
    }

    /** True when the peer went away before it answered: whether it has done what it was asked for is not known. */
    public boolean isLost() {
        return kind == Kind.LOST;
    }

    /** True when time ran out: nothing answers there, or not yet. */
    public boolean isTimedOut() {
        return kind == Kind.TIMED_OUT || kind == Kind.NOBODY_THERE;
    }

    /** True when time ran out and nobody listened there to the last; nothing was asked. */
    public boolean isNobodyThere() {
        return kind == Kind.NOBODY_THERE;
    }

    /** True when the thread was interrupted; the flag is cleared. */
    public boolean isInterrupted() {
        return kind == Kind.INTERRUPTED;
    }
}
