package circus.cli;

/** A command line that circusctl cannot follow: exit code 2. */
final class UsageException extends Exception {
    private final boolean notYet;

    private UsageException(String message, boolean notYet) {
        super(message, null, false, false);
        this.notYet = notYet;
    }

    /** What circusctl does not understand. */
    UsageException(String message) {
        this(message, false);
    }

    /** What Circus's tool can do and this one not yet. It is no mistake of the user, so the usage would be no help. */
    static UsageException notYet(String what) {
        return new UsageException("cannot " + what + ": this version of circusctl does not have it yet", true);
    }

    /** All that goes to stderr. */
    String text() {
        return notYet ? getMessage() + "\n" : Help.USAGE + "circusctl: error: " + getMessage() + "\n";
    }
}
