package circus.manager.output;

import circus.manager.line.Layout;
import circus.options.SyslogAddress;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import papa.wire.Frame.Channel;

/** Where one channel of a watcher's processes goes. */
public sealed interface OutputRoute {
    Layout layout();

    Overflow overflow();

    /** Appends to a file. A relative path is taken from circusd's own directory. */
    record ToFile(Path file, Layout layout, FileCare care, Overflow overflow) implements OutputRoute {
        public ToFile {
            file = file.toAbsolutePath();
        }

        /** A file that grows. */
        ToFile(Path file, Layout layout) {
            this(file, layout, FileCare.plain(), Overflow.DROP);
        }
    }

    /**
     * Passes on to circusd's own stdout or stderr.
     *
     * @param tellsLosses whether a line says so when bytes were dropped
     */
    record ToConsole(Channel console, Layout layout, boolean tellsLosses, Overflow overflow) implements OutputRoute {}

    /**
     * Sends messages to a syslog.
     *
     * @param tag the name of the program that they are told to come from
     */
    record ToSyslog(SyslogAddress address, int facility, String tag, Layout layout, Overflow overflow)
            implements OutputRoute {}

    /** Gives output to an object of a class of the user's: one for each watcher and channel. */
    record ToCustom(String className, Map<String, String> options, String watcher, Channel channel, Overflow overflow)
            implements OutputRoute {
        public ToCustom {
            options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        }

        @Override
        public Layout layout() {
            return Layout.PLAIN;
        }
    }

    /** What the streams mean that have a file name; one that stands for circusd's own stdout or stderr is that console. */
    static OutputRoute file(Path file, Layout layout, FileCare care, Overflow overflow) {
        String name = file.toString();
        if (Set.of("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1").contains(name)) {
            return new ToConsole(Channel.OUT, layout, true, overflow);
        }
        if (Set.of("/dev/stderr", "/dev/fd/2", "/proc/self/fd/2").contains(name)) {
            return new ToConsole(Channel.ERR, layout, true, overflow);
        }
        return new ToFile(file, layout, care, overflow);
    }

    /** What a StdoutStream means: circusd's stdout, for either channel. */
    static OutputRoute stdout(Layout layout, Overflow overflow) {
        return new ToConsole(Channel.OUT, layout, true, overflow);
    }

    /** What no stream means: stdout to stdout, stderr to stderr, and what nobody could receive is not counted. */
    static OutputRoute inherited(Channel channel) {
        return new ToConsole(channel, Layout.PLAIN, false, Overflow.DROP);
    }
}
