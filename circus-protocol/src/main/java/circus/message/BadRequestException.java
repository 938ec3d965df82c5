package circus.message;

import org.jspecify.annotations.Nullable;

/** Bytes that are no request. Carries what is needed to answer all the same: the id, if there was one, and whether to answer at all. */
public final class BadRequestException extends CommandException {
    private final transient @Nullable Object id;
    private final boolean cast;

    BadRequestException(ErrorCode code, String reason, @Nullable Object id, boolean cast) {
        super(code, reason);
        this.id = id;
        this.cast = cast;
    }

    /** The request's id, to be echoed; null when there was none or when it could not be read. */
    public @Nullable Object id() {
        return id;
    }

    /** True when the sender asked for no answer, and so must get none. */
    public boolean cast() {
        return cast;
    }
}
