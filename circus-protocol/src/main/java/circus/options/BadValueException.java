package circus.options;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A text or a JSON value that an option cannot take. The message is for the person who wrote it. */
public final class BadValueException extends Exception {
    private static final long serialVersionUID = 1;

    private final @Nullable String part;

    public BadValueException(String message) {
        super(message);
        this.part = null;
    }

    /** About a part of the value alone, such as one variable of an environment. */
    BadValueException(String part, String message) {
        super(message);
        this.part = part;
    }

    /** The part of the value that the message is about; nothing when it is about the whole. */
    Optional<String> part() {
        return Optional.ofNullable(part);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
