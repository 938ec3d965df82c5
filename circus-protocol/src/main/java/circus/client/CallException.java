package circus.client;

/** No answer: the peer could not be reached, is no circusd, did not answer in time, or went away. The message says which. */
public final class CallException extends Exception {
    private final boolean timedOut;

    private CallException(String message, boolean timedOut) {
        super(message, null, false, false);
        this.timedOut = timedOut;
    }

    CallException(String message) {
        this(message, false);
    }

    static CallException timedOut(String message) {
        return new CallException(message, true);
    }

    /** True when time ran out: nothing answers there, or not yet. */
    public boolean isTimedOut() {
        return timedOut;
    }
}
