package circus.manager.output;

import circus.manager.line.Utf8;
import circus.options.SyslogAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A datagram for each message (RFC 5426); a long one is sent in parts. Whether it arrives, nobody knows. One thread. */
final class SyslogDatagrams implements SyslogOutlet.Transport {
    /** Of a message's text. Any receiver should take 2 KiB, most take this. */
    private static final int LONGEST_TEXT = 8 * 1024;

    private static final int WORDS_OF_HEAD = 7;

    private final SyslogAddress address;
    private @Nullable DatagramChannel channel;

    SyslogDatagrams(SyslogAddress address) {
        this.address = address;
    }

    @Override
    public void send(List<byte[]> messages) throws IOException {
        DatagramChannel open = channel;
        if (open == null) {
            open = DatagramChannel.open();
            channel = open;
            open.connect(new InetSocketAddress(InetAddress.getByName(address.host()), address.port()));
        }
        for (byte[] message : messages) {
            int head = head(message);
            int start = head;
            do {
                int end = Math.min(message.length, start + LONGEST_TEXT);
                end -= end < message.length ? Utf8.unfinished(message, start, end) : 0;
                send(open, message, head, start, end);
                start = end;
            } while (start < message.length);
        }
    }

    private static void send(DatagramChannel open, byte[] message, int head, int start, int end) throws IOException {
        ByteBuffer datagram = ByteBuffer.allocate(head + end - start);
        datagram.put(message, 0, head).put(message, start, end - start).flip();
        try {
            open.write(datagram);
        } catch (PortUnreachableException told) {
            // Of an earlier one; this one may arrive, and to try them again would only guess.
            datagram.rewind();
            open.write(datagram);
        }
    }

    private static int head(byte[] message) {
        int words = 0;
        int at = 0;
        while (at < message.length && words < WORDS_OF_HEAD) {
            if (message[at++] == ' ') {
                words++;
            }
        }
        return at;
    }

    @Override
    public void close() {
        DatagramChannel closing = channel;
        channel = null;
        SyslogConnection.close(closing);
    }
}
