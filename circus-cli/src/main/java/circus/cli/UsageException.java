package circus.cli;

/** A command line that circusctl does not understand: usage on stderr, exit code 2. The message follows {@code circusctl: error: }. */
final class UsageException extends Exception {
    UsageException(String message) {
        super(message, null, false, false);
    }
}
