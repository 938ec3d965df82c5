package circus.manager.config;

/** A command from which no process can be started. The message says why. */
public final class CommandLineException extends Exception {
    private static final long serialVersionUID = 1;

    CommandLineException(String message) {
        super(message);
    }
}
