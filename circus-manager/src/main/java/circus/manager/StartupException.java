package circus.manager;

/** The daemon cannot start. The message is all that its user gets to see. */
final class StartupException extends Exception {
    private static final long serialVersionUID = 1;

    StartupException(String message) {
        super(message, null, false, false);
    }
}
