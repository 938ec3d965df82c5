package circus.manager.output;

import circus.options.SyslogAddress;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages one behind the other, each with its length in front (RFC 6587, as port 601 has it). One thread. */
final class SyslogConnection implements SyslogOutlet.Transport {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final SyslogAddress address;
    private @Nullable SocketChannel channel;

    SyslogConnection(SyslogAddress address) {
        this.address = address;
    }

    @Override
    public void send(List<byte[]> messages) throws IOException {
        SocketChannel open = channel;
        if (open != null && isClosedByPeer(open)) {
            close();
            open = null;
        }
        if (open == null) {
            open = connect();
            channel = open;
        }
        for (byte[] message : messages) {
            byte[] length = (message.length + " ").getBytes(StandardCharsets.US_ASCII);
            ByteBuffer frame = ByteBuffer.allocate(length.length + message.length);
            frame.put(length).put(message).flip();
            while (frame.hasRemaining()) {
                open.write(frame);
            }
        }
    }

    private SocketChannel connect() throws IOException {
        SocketChannel made = SocketChannel.open();
        try {
            made.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            InetSocketAddress there = new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
            made.socket().connect(there, (int) CONNECT.toMillis());
            return made;
        } catch (IOException e) {
            close(made);
            throw e;
        }
    }

    /** What would be written then would be lost without a word. */
    private static boolean isClosedByPeer(SocketChannel open) {
        try {
            open.configureBlocking(false);
            ByteBuffer ignored = ByteBuffer.allocate(512);
            int count = open.read(ignored);
            open.configureBlocking(true);
            return count < 0;
        } catch (IOException gone) {
            return true;
        }
    }

    @Override
    public void close() {
        SocketChannel closing = channel;
        channel = null;
        close(closing);
    }

    static void close(@Nullable Closeable closing) {
        try {
            if (closing != null) {
                closing.close();
            }
        } catch (IOException e) {
            System.getLogger(SyslogConnection.class.getName())
                    .log(System.Logger.Level.DEBUG, "cannot close: {0}", e.toString());
        }
    }
}
