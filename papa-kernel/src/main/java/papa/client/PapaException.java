package papa.client;

import java.io.Serial;

/** The kernel said no, in its own words, or cannot be reached any more. */
public final class PapaException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public PapaException(String message) {
        super(message);
    }

    public PapaException(String message, Throwable cause) {
        super(message, cause);
    }
}
