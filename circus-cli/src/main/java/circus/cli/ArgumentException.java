package circus.cli;

/** Arguments that do not fit their command: one line on stderr, exit code 1. */
final class ArgumentException extends Exception {
    private final String hint;

    ArgumentException(String message) {
        this(message, "");
    }

    /** @param hint what a person may do about it; scripts compare the message alone, which is Circus's */
    ArgumentException(String message, String hint) {
        super(message, null, false, false);
        this.hint = hint;
    }

    /** The line, with its end. */
    String line(boolean forPerson) {
        return getMessage() + (forPerson && !hint.isEmpty() ? " (" + hint + ")" : "") + "\n";
    }
}
