package circus.manager.plugin;

import circus.stream.Output;
import circus.stream.OutputStreamer;
import java.io.ByteArrayOutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Makes lines of what a plugin writes to its standard output, however they are parted on their way. One thread. */
final class CommandLines implements OutputStreamer {
    private static final System.Logger LOG = System.getLogger(CommandLines.class.getName());

    /** As a request at the endpoint. */
    private static final int LONGEST = 512 << 10;

    /** Takes a line; may wait. */
    interface Taker {
        void take(int pid, String line) throws InterruptedException;
    }

    private final String plugin;
    private final Taker taker;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private int pid;
    private boolean isTooLong;

    CommandLines(String plugin, Taker taker) {
        this.plugin = plugin;
        this.taker = taker;
    }

    @Override
    public void write(Output output) throws InterruptedException {
        if (output.pid() != pid) {
            begun.reset();
            isTooLong = false;
            pid = output.pid();
        }
        for (byte next : output.data()) {
            if (next != '\n') {
                keep(next);
                continue;
            }
            Optional<String> line = finish();
            if (line.isPresent()) {
                taker.take(pid, line.get());
            }
        }
    }

    private void keep(byte next) {
        if (begun.size() == LONGEST) {
            isTooLong = true;
        } else {
            begun.write(next);
        }
    }

    private Optional<String> finish() {
        String line = begun.toString(StandardCharsets.UTF_8);
        begun.reset();
        if (isTooLong) {
            isTooLong = false;
            LOG.log(
                    Level.WARNING,
                    "{0}: a line that it wrote to its standard output is longer than {1} bytes, and was not read",
                    plugin,
                    LONGEST);
            return Optional.empty();
        }
        return Optional.of(line);
    }
}
