package circus.cli;

/** A command line that circusctl cannot follow: exit code 2. */
final class UsageException extends Exception {
    private final String hint;

    UsageException(String message) {
        this(message, "");
    }

    /** @param hint what a person may do about it; scripts compare the message alone, which is Circus's */
    UsageException(String message, String hint) {
        super(message, null, false, false);
        this.hint = hint;
    }

    /** The line, with its end. */
    String line(boolean forPerson) {
        return getMessage() + (forPerson && !hint.isEmpty() ? " (" + hint + ")" : "") + "\n";
    }

    /** All that goes to stderr. */
    String text(boolean forPerson) {
        return Help.USAGE + "circusctl: error: " + line(forPerson);
    }
}
