package circus.manager.output;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The local syslog, by way of the program {@code logger} of util-linux. Its socket takes datagrams, which the JDK cannot
 * send to a Unix socket, and the manager has no native code. One program for each tag gets a line for each message, with
 * its priority in front; it ends with its input, so also with circusd. One thread.
 */
final class LoggerProgram implements SyslogOutlet.Transport {
    /** A longer message comes in parts. */
    private static final String LONGEST_MESSAGE = "8KiB";

    private static final int LONGEST_COMPLAINT = 500;
    private static final long PATIENCE_MILLIS = 500;

    private final List<String> command;
    private final Path socket;
    private @Nullable Process process;

    /** @param program what is executed */
    LoggerProgram(List<String> program, String socket, String tag) {
        this.socket = Path.of(socket);
        command = new ArrayList<>(program);
        command.addAll(List.of(
                "--socket", socket, "--socket-errors=on", "--tag", tag, "--prio-prefix", "--size", LONGEST_MESSAGE));
    }

    @Override
    public void send(List<byte[]> messages) throws IOException, InterruptedException {
        if (!Files.exists(socket)) {
            throw new IOException(
                    "there is no " + socket + "; start a syslog, or give an address such as udp://HOST:514");
        }
        Process running = process;
        if (running == null) {
            running = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.PIPE)
                    .start();
            process = running;
        }
        OutputStream lines = running.getOutputStream();
        try {
            for (byte[] message : messages) {
                lines.write(message);
            }
            lines.flush();
        } catch (IOException broken) {
            throw new IOException(complaint(running, broken));
        }
        if (!running.isAlive()) {
            throw new IOException(complaint(running, new IOException("logger has ended")));
        }
    }

    /** What it said before it ended. */
    private static String complaint(Process ended, IOException otherwise) throws IOException, InterruptedException {
        if (!ended.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
            return Reason.of(otherwise);
        }
        byte[] said = ended.getInputStream().readNBytes(LONGEST_COMPLAINT);
        String text = new String(said, StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? Reason.of(otherwise) : text;
    }

    @Override
    public void close() {
        Process ending = process;
        process = null;
        if (ending == null) {
            return;
        }
        SyslogConnection.close(ending.getOutputStream());
        try {
            if (ending.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ending.destroy();
    }
}
