package papa.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The first exchange on a connection: the kernel greets, we say {@code hello framed}, it introduces itself. Our line is
 * sent at once, without waiting for the greeting, which saves a round trip.
 */
final class Handshake {
    private static final String PROMPT = "\n> ";
    private static final int LIMIT = 64 * 1024;

    private final SocketChannel channel;
    private final StringBuilder received = new StringBuilder();

    Handshake(SocketChannel channel) {
        this.channel = channel;
    }

    /** @throws PapaException saying what the other side did instead, without naming it */
    Hello perform(Duration limit) throws IOException, PapaException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        try (Selector selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            channel.write(ByteBuffer.wrap("hello framed\n".getBytes(StandardCharsets.ISO_8859_1)));
            int greetingEnd = awaitPrompt(selector, 0, deadlineNanos);
            int helloEnd = awaitPrompt(selector, greetingEnd, deadlineNanos);
            String answer = received.substring(greetingEnd, helloEnd - PROMPT.length());
            received.delete(0, helloEnd);
            return Hello.parse(answer);
        }
    }

    /** What the kernel sent behind its hello: the beginning of the framed session. */
    ByteBuffer rest() {
        return ByteBuffer.wrap(received.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private int awaitPrompt(Selector selector, int from, long deadlineNanos) throws IOException, PapaException {
        ByteBuffer input = ByteBuffer.allocate(4096);
        int searched = from;
        while (true) {
            int prompt = received.indexOf(PROMPT, searched);
            if (prompt >= 0) {
                return prompt + PROMPT.length();
            }
            if (received.length() > LIMIT) {
                throw new PapaException("it does not speak papa's language");
            }
            searched = Math.max(from, received.length() - PROMPT.length());
            Waiting.await(selector, deadlineNanos);
            if (System.nanoTime() >= deadlineNanos) {
                throw new PapaException("it accepts connections but does not answer");
            }
            if (channel.read(input.clear()) < 0) {
                throw new PapaException("it closed the connection");
            }
            received.append(StandardCharsets.ISO_8859_1.decode(input.flip()));
        }
    }
}
