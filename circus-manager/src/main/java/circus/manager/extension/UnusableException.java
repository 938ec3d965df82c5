package circus.manager.extension;

/** What was named is there, but cannot be used for this; the message says why. */
public final class UnusableException extends Exception {
    UnusableException(String reason) {
        super(reason, null, false, false);
    }
}
