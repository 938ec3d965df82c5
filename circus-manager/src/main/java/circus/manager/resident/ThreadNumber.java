package circus.manager.resident;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The number of a thread, gettid(2). */
final class ThreadNumber {
    /** {@code PID/task/TID}; proc(5). */
    private static final Path OWN = Path.of("/proc/thread-self");

    private ThreadNumber() {}

    /** That of the process where it cannot be found out. */
    static int ofCurrent() {
        try {
            return Integer.parseInt(Files.readSymbolicLink(OWN).getFileName().toString());
        } catch (IOException | NumberFormatException | NullPointerException hidden) {
            return (int) ProcessHandle.current().pid();
        }
    }
}
