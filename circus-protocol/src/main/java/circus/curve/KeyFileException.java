package circus.curve;

/** A file of keys that cannot be used. The message says why, and names the file only where it is another than the one that was asked for. */
public final class KeyFileException extends Exception {
    private static final long serialVersionUID = 1;

    KeyFileException(String message) {
        super(message, null, false, false);
    }
}
