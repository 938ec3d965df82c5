package circus.cli;

/** Arguments that do not fit their command: one line on stderr, exit code 1. */
final class ArgumentException extends Exception {
    ArgumentException(String message) {
        super(message, null, false, false);
    }
}
