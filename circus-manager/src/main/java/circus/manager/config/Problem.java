package circus.manager.config;

import java.nio.file.Path;

/**
 * A mistake in a configuration file, or something in it that will not do what its author may expect.
 *
 * @param line counted from 1; 0 when it is about the file as a whole
 */
public record Problem(Severity severity, Path file, int line, String text) {
    /** Whether circusd can start nevertheless. */
    public enum Severity {
        ERROR,
        WARNING
    }

    /** {@code FILE:LINE: TEXT}, as compilers write it, so that editors find the place. */
    @Override
    public String toString() {
        return line == 0 ? file + ": " + text : file + ":" + line + ": " + text;
    }
}
