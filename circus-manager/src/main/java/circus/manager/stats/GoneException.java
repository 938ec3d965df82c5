package circus.manager.stats;

import java.io.IOException;

/** There is no such process any more, or it has ended and only waits for its parent. */
final class GoneException extends IOException {
    GoneException(int pid) {
        super("no process " + pid);
    }
}
