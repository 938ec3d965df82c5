package circus.manager.hook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What one program writes: into a file, which loses its name as soon as the program has been started, and from there line by line into the
 * log, or into memory. One thread.
 */
final class HookOutput implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HookOutput.class.getName());

    /** A program that writes more has lost its way. */
    private static final long MOST_BYTES = 8L << 20;

    private static final int LONGEST_LINE = 8192;

    private final String title;
    private final boolean kept;
    private final Path file;
    private final FileChannel reader;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean closed;

    private HookOutput(String title, boolean kept) throws IOException {
        this.title = title;
        this.kept = kept;
        this.file = Files.createTempFile("circus-hook-", ".out");
        this.reader = FileChannel.open(file, StandardOpenOption.READ);
    }

    static HookOutput logged(HookTask task) throws IOException {
        return new HookOutput(task.watcher() + ": " + task.point().word() + ": ", false);
    }

    static HookOutput kept() throws IOException {
        return new HookOutput("", true);
    }

    ProcessBuilder.Redirect redirect() {
        return ProcessBuilder.Redirect.appendTo(file.toFile());
    }

    /** Takes what has come since the last time. */
    void read() throws IOException {
        Files.deleteIfExists(file);
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        while (reader.position() < MOST_BYTES && reader.read(buffer) > 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                take(buffer.get());
            }
            buffer.clear();
        }
    }

    private void take(byte each) {
        if (kept) {
            line.write(each);
        } else if (each == '\n' || line.size() >= LONGEST_LINE) {
            tell();
            if (each != '\n') {
                line.write(each);
            }
        } else {
            line.write(each);
        }
    }

    private void tell() {
        LOG.log(Level.INFO, title + text());
        line.reset();
    }

    boolean isTooMuch() throws IOException {
        return reader.size() > MOST_BYTES;
    }

    /** What is kept. */
    String text() {
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            Files.deleteIfExists(file);
            reader.close();
            if (!kept && line.size() > 0) {
                tell();
            }
        }
    }
}
