package circus.manager.output;

import circus.manager.rotation.Rotation;
import java.util.OptionalInt;

/**
 * How a log file is looked after, besides being written. Streams of one file should agree; if they do not, the care that
 * was given last counts.
 *
 * @param rotation when it is put aside for a new one, and how many of those are kept
 * @param followsName whether the name is looked at before each write, and the file that it leads to by then is written;
 *     without that we go on in a file that somebody else has renamed, until it is opened anew
 * @param mode of files that we make, as in chmod; empty for what the umask leaves of 0666
 * @param compress whether files that were put aside are compressed, in the background
 */
public record FileCare(Rotation rotation, boolean followsName, OptionalInt mode, boolean compress) {
    private static final int MOST_MODE = 0777;

    /** Checks the mode. */
    public FileCare {
        if (mode.isPresent() && (mode.getAsInt() < 0 || mode.getAsInt() > MOST_MODE)) {
            throw new IllegalArgumentException("no mode of a file: " + Integer.toOctalString(mode.getAsInt()));
        }
    }

    /** What a FileStream has that says nothing: it grows. */
    public static FileCare plain() {
        return new FileCare(Rotation.NEVER, false, OptionalInt.empty(), false);
    }
}
