package circus.manager.config;

import circus.options.Option;
import java.util.Objects;

/** A command from which no process can be started. The message says why. */
public final class CommandLineException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Option<?> option;

    CommandLineException(Option<?> option, String message) {
        super(message);
        this.option = option;
    }

    /** The option to blame: {@code cmd} or {@code args}. */
    Option<?> option() {
        return option;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
