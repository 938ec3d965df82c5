package papa.state;

/** A state that cannot be restored. The message begins with "cannot" and tells the line. */
public final class StateException extends Exception {
    private static final long serialVersionUID = 1;

    public StateException(String message) {
        super(message);
    }
}
