package circus.manager.output;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import papa.wire.Frame.Channel;

/** Where one channel of a watcher's processes goes. */
public sealed interface OutputRoute {
    /** In the notation of strftime; when present, each line begins with {@code TIME [PID] | }. */
    Optional<String> timeFormat();

    /** Appends to a file. A relative path is taken from circusd's own directory. */
    record ToFile(Path file, Optional<String> timeFormat) implements OutputRoute {
        public ToFile {
            file = file.toAbsolutePath();
            timeFormat = timeFormat.filter(format -> !format.isEmpty());
        }
    }

    /**
     * Passes on to circusd's own stdout or stderr.
     *
     * @param tellsLosses whether a line says so when bytes were dropped
     */
    record ToConsole(Channel console, Optional<String> timeFormat, boolean tellsLosses) implements OutputRoute {
        public ToConsole {
            timeFormat = timeFormat.filter(format -> !format.isEmpty());
        }
    }

    /** What a FileStream means; a file name that stands for circusd's own stdout or stderr is that console. */
    static OutputRoute file(Path file, Optional<String> timeFormat) {
        String name = file.toString();
        if (Set.of("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1").contains(name)) {
            return new ToConsole(Channel.OUT, timeFormat, true);
        }
        if (Set.of("/dev/stderr", "/dev/fd/2", "/proc/self/fd/2").contains(name)) {
            return new ToConsole(Channel.ERR, timeFormat, true);
        }
        return new ToFile(file, timeFormat);
    }

    /** What a StdoutStream means: circusd's stdout, for either channel. */
    static OutputRoute stdout() {
        return new ToConsole(Channel.OUT, Optional.empty(), true);
    }

    /** What no stream means: stdout to stdout, stderr to stderr, and what nobody could receive is not counted. */
    static OutputRoute inherited(Channel channel) {
        return new ToConsole(channel, Optional.empty(), false);
    }
}
