package circus.manager.kernel;

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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import papa.wire.FrameEncoder;
import papa.wire.Usage;
import papa.wire.Words;
import papa.wire.WordsException;

/**
 * A kernel that holds nothing: it speaks the framed wire on a real socket, notes every request, and answers as the test
 * has said for its first words. One connection, on a thread of its own.
 */
final class FakeKernel implements AutoCloseable {
    /** What a request is answered with; may send frames before or after. */
    interface Answer {
        Reply to(List<String> words) throws IOException;
    }

    record Reply(boolean ok, String text) {}

    /** Every request line, as its words without the tag. */
    final List<List<String>> requests = new CopyOnWriteArrayList<>();

    private volatile String capabilities = "quoted,framed";
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Path directory;
    private final ServerSocketChannel server;
    private final Thread thread;
    private volatile long pid = 42;
    private volatile boolean closesNext;
    private volatile @Nullable Exception failure;
    private volatile @Nullable SocketChannel connection;

    FakeKernel() throws IOException {
        directory = Files.createTempDirectory("fake");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path()));
        on(
                "lease take",
                words -> ok(
                        words.get(2) + " epoch=3 pid=" + ProcessHandle.current().pid()));
        on("follow events", words -> ok(""));
        on("commit", words -> ok(""));
        on("signal", words -> ok("sent"));
        thread = new Thread(this::serve, "fake-kernel");
        thread.start();
    }

    Path path() {
        return directory.resolve("k.sock");
    }

    void introducesItselfWithPid(long ownPid) {
        pid = ownPid;
    }

    /** @param firstWords one or two words that a request begins with */
    void on(String firstWords, Answer answer) {
        answers.put(firstWords, answer);
    }

    void on(String firstWords, Reply reply) {
        on(firstWords, words -> reply);
    }

    /** The kernel ends when it gets such a request, without an answer. */
    void diesOf(String firstWords) {
        on(firstWords, words -> {
            closesNext = true;
            return ok("");
        });
    }

    static Reply ok(String text) {
        return new Reply(true, text);
    }

    static Reply refused(String text) {
        return new Reply(false, text);
    }

    /** The requests that begin so, each as a line. */
    List<String> requested(String firstWords) {
        return requests.stream()
                .map(words -> String.join(" ", words))
                .filter(line -> line.startsWith(firstWords))
                .toList();
    }

    /** What it says that it can do; before anybody connects. */
    void can(String words) {
        capabilities = words;
    }

    private void serve() {
        try (SocketChannel accepted = server.accept()) {
            connection = accepted;
            BufferedReader lines = new BufferedReader(
                    new InputStreamReader(Channels.newInputStream(accepted), StandardCharsets.ISO_8859_1));
            send("Papa is home. Type \"help\" for commands.\n> ");
            lines.readLine();
            send("papa 0.1.0 wire=1 instance=0123456789abcdef pid=" + pid + " started=1795209723000000 capabilities="
                    + capabilities + "\n> ");
            String line = lines.readLine();
            while (line != null && !closesNext) {
                handle(line);
                line = closesNext ? null : lines.readLine();
            }
        } catch (WordsException e) {
            failure = e;
        } catch (IOException e) {
            // The manager has gone, maybe before the last answer: that is its right.
            connection = null;
        }
    }

    private void handle(String line) throws IOException, WordsException {
        List<String> all = Words.splitQuoted(line).stream().map(Words::text).toList();
        List<String> words = all.subList(1, all.size());
        requests.add(words);
        Answer answer = answers.get(words.get(0));
        if (answer == null && words.size() > 1) {
            answer = answers.get(words.get(0) + " " + words.get(1));
        }
        Reply reply = answer == null ? refused("cannot do " + words) : answer.to(words);
        if (closesNext) {
            return;
        }
        byte[] body = reply.text().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(FrameEncoder.HEADER_ROOM + body.length + 1);
        FrameEncoder.reply(bytes, reply.ok(), all.get(0), body.length);
        send(bytes.put(body).put(FrameEncoder.PAYLOAD_END).flip());
    }

    /** From within an answer: sends an exit frame before it. */
    void sendExit(long incarnation, int code, long timeMicros, int leftovers) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.HEADER_ROOM);
        FrameEncoder.exit(frame, incarnation, code, timeMicros, leftovers, null);
        send(frame.flip());
    }

    /** The same, with what it has used. */
    void sendExit(long incarnation, int code, long timeMicros, int leftovers, Usage usage) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.HEADER_ROOM);
        FrameEncoder.exit(frame, incarnation, code, timeMicros, leftovers, usage);
        send(frame.flip());
    }

    void sendGone(long incarnation) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.HEADER_ROOM);
        FrameEncoder.gone(frame, incarnation);
        send(frame.flip());
    }

    private void send(String byteString) throws IOException {
        send(ByteBuffer.wrap(byteString.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private void send(ByteBuffer bytes) throws IOException {
        SocketChannel open = connection;
        while (open != null && bytes.hasRemaining()) {
            open.write(bytes);
        }
    }

    /** Ends; a request that is not the wire is a failure of the test. */
    @Override
    public void close() throws IOException {
        server.close();
        boolean ended = false;
        try {
            thread.join(10_000);
            ended = !thread.isAlive();
            thread.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(path());
        Files.delete(directory);
        if (!ended || failure != null) {
            throw new AssertionError("the fake kernel did not end, or read a line that is none", failure);
        }
    }
}
