package circus.manager.config;

/** A text that ends inside quotes or after a backslash. The message is what Circus says of it. */
final class UnbalancedException extends Exception {
    private static final long serialVersionUID = 1;

    UnbalancedException(String message) {
        super(message);
    }
}
