package papa.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The other end of one connection, played from a script on a thread of its own: it says exactly the bytes that a test
 * wants said. Closing it waits for the script's end and fails when the script failed.
 */
final class ScriptedKernel implements AutoCloseable {
    static final String GREETING = "Papa is home. Type \"help\" for commands.\n> ";
    static final String HELLO = "papa 0.1.0 wire=1 instance=0123456789abcdef pid=42 started=1795209723000000"
            + " capabilities=quoted,framed,signal,follow,commit,lease,annotate\n> ";

    interface Script {
        void play(ScriptedKernel kernel) throws IOException;
    }

    private final Path directory;
    private final ServerSocketChannel server;
    private final Thread thread;
    private @Nullable SocketChannel connection;
    private @Nullable BufferedReader lines;
    private volatile @Nullable Throwable failure;

    /** Starts a script that begins before the greeting. */
    ScriptedKernel(Script script) throws IOException {
        directory = Files.createTempDirectory("scripted");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path()));
        thread = new Thread(() -> run(script), "scripted-kernel");
        thread.start();
    }

    /** Starts a script that begins after the handshake. */
    static ScriptedKernel greeting(Script script) throws IOException {
        return new ScriptedKernel(kernel -> {
            kernel.send(GREETING);
            String line = kernel.line();
            if (!line.equals("hello framed")) {
                throw new IOException("expected a hello, got: " + line);
            }
            kernel.send(HELLO);
            script.play(kernel);
        });
    }

    Path path() {
        return directory.resolve("k.sock");
    }

    private void run(Script script) {
        try (SocketChannel accepted = server.accept()) {
            connection = accepted;
            lines = new BufferedReader(
                    new InputStreamReader(Channels.newInputStream(accepted), StandardCharsets.ISO_8859_1));
            script.play(this);
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    /** Only in the script: the next line that the client sent. */
    String line() throws IOException {
        String line = lines == null ? null : lines.readLine();
        if (line == null) {
            throw new IOException("the client has closed");
        }
        return line;
    }

    /** Only in the script: waits until the client has closed. */
    void awaitClose() throws IOException {
        while (lines != null && lines.readLine() != null) {
            // What it says until then does not matter.
        }
    }

    /** Only in the script: sends bytes. */
    void send(String byteString) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(byteString.getBytes(StandardCharsets.ISO_8859_1));
        while (connection != null && bytes.hasRemaining()) {
            connection.write(bytes);
        }
    }

    /** Only in the script: answers the request of that line, whose first word is its tag. */
    void answer(String line, boolean ok, String byteString) throws IOException {
        String tag = line.substring(0, line.indexOf(' '));
        send((ok ? "ok " : "error ") + tag + " " + byteString.length() + "\n" + byteString + "\n");
    }

    /** Waits until the script has come to its end, and with it the connection. */
    void awaitEnd() {
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            // Interrupting closes the channel that the script waits on.
            thread.interrupt();
            throw new AssertionError("the script did not end within 10 s");
        }
    }

    @Override
    public void close() throws IOException {
        try {
            awaitEnd();
        } finally {
            server.close();
            Files.deleteIfExists(path());
            Files.delete(directory);
        }
        if (failure != null) {
            throw new AssertionError("the script failed", failure);
        }
    }
}
