package circus.manager;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The name under which {@code ps}, {@code top} and {@code pgrep} show this process, where they would say {@code java}. The launcher gives the
 * command line its first word (exec -a); no more of that can be changed from within a JVM. Any thread.
 */
final class ProcessTitle {
    /** Of the daemon, unless its configuration says otherwise. */
    static final String DAEMON = "circusd";

    private static final Path COMM = Path.of("/proc/self/comm");

    private ProcessTitle() {}

    /** @param title the system shows its first 15 bytes (proc(5)) */
    static void set(String title) {
        try {
            // Whichever thread writes, it is the process that gets the name.
            Files.write(COMM, title.getBytes(StandardCharsets.UTF_8));
        } catch (IOException noSuchFile) {
            System.getLogger(ProcessTitle.class.getName())
                    .log(Level.DEBUG, "cannot show as {0} in the process list: {1}", title, noSuchFile);
        }
    }
}
