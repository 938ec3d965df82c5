package circus.manager.plugin;

import circus.message.Json;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/**
 * What a plugin that is a program reads at its standard input: JSON objects, a line each. It is a named pipe, which the program has open both
 * ways: so it outlives this circusd, and the next one goes on writing to it. Lines that it does not read wait here up to a limit; then
 * further events are lost, and that is told. A thread of its own writes.
 */
final class LineLink {
    private static final System.Logger LOG = System.getLogger(LineLink.class.getName());

    /** Of lines that wait, beside the 64 KiB that the pipe holds. */
    private static final int MOST_BYTES = 8 << 20;

    /** With the answers to commands. */
    private static final long MOST_BYTES_OF_ALL = 4L * MOST_BYTES;

    private final String name;
    private final Path pipe;
    private final FileChannel channel;
    private final Thread writer;

    /** Guarded by itself. */
    private final Deque<byte[]> lines = new ArrayDeque<>();

    private long bytes;
    private long lost;
    private boolean isOver;

    private LineLink(String name, Path pipe) throws IOException {
        this.name = name;
        this.pipe = pipe;
        // For both: who opens a pipe for writing alone waits for a reader.
        this.channel = FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE);
        this.writer = new Thread(this::write, "circus-" + name + "-stdin");
        writer.setDaemon(true);
        writer.start();
    }

    /** @param name of the plugin's watcher */
    static LineLink make(String name, Path pipe) throws IOException {
        try {
            return new LineLink(name, pipe);
        } catch (IOException cannot) {
            LineFolders.remove(pipe);
            throw cannot;
        }
    }

    /** The pipe of a plugin that an earlier circusd has started. */
    static LineLink reopen(String name, Path pipe) throws IOException {
        LineLink link = new LineLink(name, pipe);
        // That one may have been killed in the middle of a line.
        link.send(new byte[] {'\n'}, MOST_BYTES);
        return link;
    }

    Path pipe() {
        return pipe;
    }

    /** An event, as {@link #text} writes it, which may be lost. Any thread; never waits. */
    void tell(byte[] event) {
        send(event, MOST_BYTES);
    }

    /** What somebody waits for: there are as many as there are commands, and each command is waited for. Any thread; never waits. */
    void send(Map<String, ?> line) {
        send(text(line), MOST_BYTES_OF_ALL);
    }

    /** An object as a line. */
    static byte[] text(Map<String, ?> line) {
        return (Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private void send(byte[] text, long most) {
        synchronized (lines) {
            if (isOver) {
                return;
            }
            if (bytes + text.length > most) {
                if (lost++ == 0) {
                    LOG.log(Level.WARNING, "{0} does not read its standard input: what follows is lost", name);
                }
                return;
            }
            if (lost > 0) {
                LOG.log(Level.WARNING, "{0} reads again; {1} lines were lost", name, lost);
                lost = 0;
            }
            lines.add(text);
            bytes += text.length;
            lines.notifyAll();
        }
    }

    private void write() {
        try {
            while (true) {
                ByteBuffer text = ByteBuffer.wrap(next());
                while (text.hasRemaining()) {
                    channel.write(text);
                }
            }
        } catch (InterruptedException | IOException over) {
            LOG.log(Level.DEBUG, "{0} is told no more: {1}", name, over);
        }
    }

    private byte[] next() throws InterruptedException {
        synchronized (lines) {
            while (lines.isEmpty()) {
                lines.wait();
            }
            byte[] text = lines.remove();
            bytes -= text.length;
            return text;
        }
    }

    /** This circusd writes no more; the pipe stays for the next one. Any thread. */
    void leave() {
        synchronized (lines) {
            isOver = true;
            lines.clear();
        }
        writer.interrupt(); // closes the channel, too, where it waits for the plugin
        try {
            channel.close();
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "{0}: {1}", name, gone);
        }
    }

    /** The plugin has ended. Any thread. */
    void end() {
        leave();
        LineFolders.remove(pipe);
    }
}
