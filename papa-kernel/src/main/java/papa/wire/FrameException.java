package papa.wire;

import java.io.Serial;

/** A kernel sent bytes that are none of the framed wire; the connection cannot be read any further. */
public final class FrameException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    FrameException(String message) {
        super(message);
    }
}
