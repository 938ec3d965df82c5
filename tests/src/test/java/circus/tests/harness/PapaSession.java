package circus.tests.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * A person at the kernel's prompt: sends lines, sees bytes. Texts are Latin-1, so that a char is a byte. Knows nothing of
 * the protocol but how a reply ends, so that it cannot share a mistake with our own client. One thread uses it.
 */
public final class PapaSession implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String PROMPT = "\n> ";

    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    private final StringBuilder received = new StringBuilder();
    private boolean ended;

    private PapaSession(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        selector = Selector.open();
        channel.register(selector, SelectionKey.OP_READ);
    }

    /** Connects and reads the greeting. */
    static PapaSession open(Path socket) throws IOException {
        PapaSession session = new PapaSession(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        String greeting = session.readUntil(text -> text.endsWith(PROMPT));
        if (!greeting.equals("Papa is home. Type \"help\" for commands.\n> ")) {
            throw new AssertionError("not papa's greeting: " + greeting);
        }
        return session;
    }

    /** Connects to a kernel that should answer, soon or now. */
    public static PapaSession connect(Path socket) {
        return await("a kernel answers on " + socket)
                .atMost(LIMIT)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> open(socket), PapaSession::isOpen);
    }

    boolean isOpen() {
        return !ended;
    }

    /** One line there, one reply back, without the prompt and the newline before it. */
    public String ask(String line) {
        send(line + "\n");
        // A reply that is one empty line has no newline before its prompt but that one.
        String reply = receiveUntil(text -> text.endsWith(PROMPT) || text.equals("> "), LIMIT);
        return reply.equals("> ") ? "" : reply.substring(0, reply.length() - PROMPT.length());
    }

    public void send(String bytes) {
        try {
            ByteBuffer out = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
            while (out.hasRemaining()) {
                channel.write(out);
            }
        } catch (IOException closed) {
            throw new AssertionError("cannot send " + bytes, closed);
        }
    }

    /** Sends what the kernel takes; it may close the connection at any byte. Gives it a moment to choke on it. */
    public void sendAndForget(String bytes) {
        try {
            ByteBuffer out = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
            for (int idle = 0; out.hasRemaining() && idle < 50; ) {
                if (channel.write(out) == 0) {
                    idle++;
                    receive(Duration.ofMillis(20));
                }
            }
            receive(Duration.ofMillis(200));
        } catch (IOException closed) {
            // Its right.
        }
    }

    /** All bytes up to the moment when {@code done} holds of them; also ends at the end of the stream. */
    public String readUntil(Predicate<String> done) {
        return readUntil(done, LIMIT);
    }

    /** As above; what has come when the time is over is told by the failure. */
    public String readUntil(Predicate<String> done, Duration limit) {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (!ended && !done.test(received.toString())) {
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("no such reply within " + limit + ", only: " + received);
            }
            receive(Duration.ofNanos(left));
        }
        String text = received.toString();
        received.setLength(0);
        return text;
    }

    /** As above, but the end of the stream is a failure. */
    public String receiveUntil(Predicate<String> done, Duration limit) {
        String text = readUntil(done, limit);
        if (!done.test(text)) {
            throw new AssertionError("the connection ends after: " + text);
        }
        return text;
    }

    private void receive(Duration limit) {
        try {
            selector.select(key -> {}, Math.max(1, limit.toMillis()));
            buffer.clear();
            int count = channel.read(buffer);
            ended = count < 0;
            received.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
        } catch (IOException reset) {
            ended = true;
        }
    }

    /** True once the kernel has closed the connection; waits for it. */
    public boolean isClosedByKernel() {
        readUntil(text -> false);
        return ended;
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }
}
