package circus.library;

import org.jspecify.annotations.Nullable;

/** The manager cannot be started. The message says why, and of a configuration all that is wrong with it, a line each. */
public final class CannotManageException extends Exception {
    private static final long serialVersionUID = 1;

    CannotManageException(@Nullable String reason) {
        super(reason);
    }
}
