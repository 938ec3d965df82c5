package papa.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Bytes to a kernel and from it, without any of our own client between them. */
final class RawBytes {
    private RawBytes() {}

    static void send(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** What comes next; it waits for that. */
    static String read(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        channel.read(buffer);
        return StandardCharsets.ISO_8859_1.decode(buffer.flip()).toString();
    }

    /** Everything that comes until the kernel closes the connection. */
    static String readToEnd(SocketChannel channel) {
        StringBuilder text = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        try {
            while (channel.read(buffer) >= 0) {
                text.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
                buffer.clear();
            }
        } catch (IOException reset) {
            return text.toString();
        }
        return text.toString();
    }
}
