package papa.kernel;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import papa.posix.NativePosix;
import papa.wire.Frame.Channel;

/** A program that writes what it is told, through a FIFO, and ends as it is told. */
final class ToldProgram implements Closeable {
    private static final int LINE = 1500;

    private final Path script;
    private final Path fifo;
    private final RandomAccessFile orders;

    private ToldProgram(Path script, Path fifo, RandomAccessFile orders) {
        this.script = script;
        this.fifo = fifo;
        this.orders = orders;
    }

    static Path script(Path folder) throws IOException {
        return Files.writeString(
                folder.resolve("told"), "exec 3<>\"$1\"\nwhile read -r line <&3; do\n  eval \"$line\"\ndone\n");
    }

    /** To be started as {@link #words} tell. */
    static ToldProgram make(Path script, int number) throws IOException {
        Path fifo = script.resolveSibling("fifo" + number);
        int made = new NativePosix().attributes().makeFifo(fifo.toString());
        if (made < 0) {
            throw new IOException("cannot make " + fifo + ": " + made);
        }
        return new ToldProgram(script, fifo, new RandomAccessFile(fifo.toFile(), "rw"));
    }

    List<String> words() {
        return List.of("/bin/sh", script.toString(), fifo.toString());
    }

    /** Letters and line feeds. */
    void write(Channel channel, String text) throws IOException {
        String to = channel == Channel.OUT ? "" : " >&2";
        for (int at = 0; at < text.length(); at += LINE) {
            String part = text.substring(at, Math.min(text.length(), at + LINE));
            say("printf '" + part.replace("\n", "\\n") + "'" + to);
        }
    }

    void exit(int code) throws IOException {
        say("exit " + code);
    }

    void killItself(String signal) throws IOException {
        say("kill -" + signal + " $$");
    }

    private void say(String line) throws IOException {
        orders.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        orders.close();
        Files.deleteIfExists(fifo);
    }
}
