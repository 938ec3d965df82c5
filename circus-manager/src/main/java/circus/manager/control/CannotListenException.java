package circus.manager.control;

/** An endpoint that cannot be served. The message names it and says why. */
public final class CannotListenException extends Exception {
    private static final long serialVersionUID = 1;

    CannotListenException(String message) {
        super(message, null, false, false);
    }
}
