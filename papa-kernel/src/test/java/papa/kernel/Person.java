package papa.kernel;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A client with prompts: says lines, and reads up to what it expects. */
final class Person implements AutoCloseable {
    private final SocketChannel channel;
    private final StringBuilder unread = new StringBuilder();

    /** Connects, and reads the greeting. */
    Person(Path socket) throws IOException {
        this(socket, "> ");
    }

    /** Connects, and reads so much of the greeting. */
    Person(Path socket, String end) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        try {
            readTo(end);
        } catch (IOException turnedAway) {
            channel.close();
            throw turnedAway;
        }
    }

    void say(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** What came, up to and with these bytes. */
    String readTo(String end) throws IOException {
        int searched = 0;
        while (unread.indexOf(end, searched) < 0) {
            searched = Math.max(0, unread.length() - end.length());
            readSome();
        }
        return take(unread.indexOf(end, searched) + end.length());
    }

    /** The next so many bytes. */
    String readBytes(int count) throws IOException {
        while (unread.length() < count) {
            readSome();
        }
        return take(count);
    }

    private void readSome() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        if (channel.read(buffer) < 0) {
            throw new IOException("the connection ended after: " + unread);
        }
        unread.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
    }

    private String take(int length) {
        String text = unread.substring(0, length);
        unread.delete(0, length);
        return text;
    }

    /** The whole answer, with the prompt. */
    String ask(String line) throws IOException {
        say(line);
        return readTo("\n> ");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
