package papa.kernel;

import java.io.Closeable;
import java.util.List;

/** One connection of a random round: requests and their answers, in words and texts of ordinary strings. */
interface Speaker extends Closeable {
    enum Mode {
        PAPA,
        QUOTED,
        FRAMED
    }

    Mode mode();

    /** Only says it. */
    void say(List<String> words) throws Exception;

    /** The answer to what was said first of all that was not answered yet. */
    Expected.Answer answer() throws Exception;

    default boolean isPapas() {
        return mode() == Mode.PAPA;
    }
}
