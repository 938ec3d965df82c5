package papa.tool;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** A conversation with a kernel at its prompt, as a person has one. Texts are byte strings. */
final class Conversation implements AutoCloseable {
    private static final String PROMPT = "> ";

    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    private final long deadlineNanos;
    private String rest = "";

    /** @param limit for all of it */
    Conversation(Path socket, Duration limit) throws IOException {
        deadlineNanos = System.nanoTime() + limit.toNanos();
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
    }

    /** Sends a line, which fits what a connection takes at once. */
    void say(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /**
     * Hears lines as they come, up to the next prompt; the last of them, or nothing.
     *
     * @throws IOException also when the kernel ends the conversation, or nothing comes within the limit
     */
    String hear(Consumer<String> heard) throws IOException {
        String last = "";
        while (!rest.equals(PROMPT)) {
            int end = rest.indexOf('\n');
            if (end < 0) {
                receive();
                continue;
            }
            last = rest.substring(0, end);
            rest = rest.substring(end + 1);
            heard.accept(last);
        }
        rest = "";
        return last;
    }

    private void receive() throws IOException {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
            throw new IOException("it does not answer");
        }
        selector.select(key -> {}, Math.max(1, left / 1_000_000));
        buffer.clear();
        int count = channel.read(buffer);
        if (count < 0) {
            throw new IOException("it has closed the connection" + (rest.isBlank() ? "" : ": " + rest.strip()));
        }
        rest += StandardCharsets.ISO_8859_1.decode(buffer.flip());
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
