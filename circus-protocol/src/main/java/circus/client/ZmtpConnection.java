package circus.client;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a ZeroMQ peer: ZMTP 3.0, in plain text or with the mechanism CURVE, over TCP or a Unix socket. Blocking with deadlines; one thread.
 *
 * <pre>
 *   connect → greetings cross → READY commands cross → messages, with commands (PING) between them
 * </pre>
 *
 * <p>{@link IOException} means that the connection is of no use any more but another may be; {@link PeerException} that the peer is the
 * wrong one, and trying again is no use.
 *
 * @see <a href="https://rfc.zeromq.org/spec/23/">ZMTP 3.0</a>
 */
final class ZmtpConnection implements Closeable {
    private static final int MAX_MESSAGE_FRAMES = 64;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final ZmtpDecoder decoder = new ZmtpDecoder();
    private final ByteBuffer input = ByteBuffer.allocate(16 << 10);
    private final List<byte[]> parts = new ArrayList<>();
    private long partBytes;
    private final Security security;

    private ZmtpConnection(SocketChannel channel, Security security) throws IOException {
        this.channel = channel;
        this.security = security;
        channel.configureBlocking(false);
        selector = Selector.open();
        key = channel.register(selector, 0);
    }

    /**
     * Connects and shakes hands.
     *
     * @param socketType what this side is, {@code DEALER} or {@code SUB}
     * @param peerTypes what the other side may be
     * @param security of this connection alone
     * @return null when the deadline came first
     */
    static @Nullable ZmtpConnection open(
            SocketAddress address, String socketType, List<String> peerTypes, Security security, Deadline deadline)
            throws IOException, PeerException {
        SocketChannel channel = address instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
        ZmtpConnection connection;
        try {
            connection = new ZmtpConnection(channel, security);
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
        boolean open = false;
        try {
            open = connection.connect(address, deadline) && connection.shakeHands(socketType, peerTypes, deadline);
        } finally {
            if (!open) {
                connection.close();
            }
        }
        return open ? connection : null;
    }

    private boolean connect(SocketAddress address, Deadline deadline) throws IOException, PeerException {
        if (!(address instanceof UnixDomainSocketAddress)) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        }
        if (channel.connect(address)) {
            return true;
        }
        while (!channel.finishConnect()) {
            if (!await(SelectionKey.OP_CONNECT, deadline)) {
                return false;
            }
        }
        return true;
    }

    private boolean shakeHands(String socketType, List<String> peerTypes, Deadline deadline)
            throws IOException, PeerException {
        // The first part makes the peer show its mechanism; libzmq would hang up without a word on seeing a different
        // one in the second.
        ByteBuffer greeting = greeting();
        if (!write(greeting.slice(0, ZmtpDecoder.MECHANISM_AT), deadline)) {
            return false;
        }
        while (!decoder.greeting(security.mechanism())) {
            if (!read(deadline)) {
                return false;
            }
        }
        greeting.position(ZmtpDecoder.MECHANISM_AT);
        if (!write(greeting, deadline) || !write(security.opening(socketType).encode(), deadline)) {
            return false;
        }
        while (true) {
            ZmtpFrame frame = decoder.frame();
            if (frame == null) {
                if (!readAnswer(deadline)) {
                    return false;
                }
                continue;
            }
            ZmtpCommand command = handshakeCommand(frame);
            if (command.name().equals("READY")) {
                demandType(security.metadata(frame, command), peerTypes);
                return true;
            }
            ZmtpFrame next = security.next(frame, command, socketType);
            if (next != null && !write(next.encode(), deadline)) {
                return false;
            }
        }
    }

    private boolean readAnswer(Deadline deadline) throws IOException, PeerException {
        try {
            return read(deadline);
        } catch (IOException hungUp) {
            throw security.hungUp(hungUp);
        }
    }

    private ByteBuffer greeting() {
        ByteBuffer out = ByteBuffer.allocate(ZmtpDecoder.GREETING_BYTES);
        out.put((byte) 0xff).position(9).put((byte) 0x7f);
        out.put((byte) 3).put((byte) 0);
        out.put(security.mechanism().getBytes(StandardCharsets.ISO_8859_1));
        return out.rewind();
    }

    private static ZmtpCommand handshakeCommand(ZmtpFrame frame) throws PeerException {
        if (!frame.command()) {
            throw new PeerException("it sent a message before the handshake was done");
        }
        ZmtpCommand command = ZmtpCommand.decode(frame.body());
        if (command.name().equals("ERROR")) {
            throw new PeerException("it refused the connection: " + command.reason());
        }
        return command;
    }

    private static void demandType(ZmtpCommand ready, List<String> peerTypes) throws PeerException {
        String type = ready.socketType();
        if (!type.isEmpty() && !peerTypes.contains(type)) {
            throw new PeerException("its socket type is " + type + ", not " + peerTypes.get(0));
        }
    }

    /**
     * Sends one message of one frame.
     *
     * @return false when the deadline came first; the connection is then of no more use
     */
    boolean send(byte[] body, Deadline deadline) throws IOException, PeerException {
        return write(security.seal(ZmtpFrame.message(body)).encode(), deadline);
    }

    /** The frames of the next message; null when the deadline came first. Answers the peer's PINGs on the way. */
    @Nullable
    List<byte[]> receive(Deadline deadline) throws IOException, PeerException {
        while (true) {
            ZmtpFrame raw = decoder.frame();
            if (raw == null) {
                if (!read(deadline)) {
                    return null;
                }
                continue;
            }
            ZmtpFrame frame = security.open(raw);
            if (frame.command()) {
                obey(ZmtpCommand.decode(frame.body()), deadline);
            } else if (isLast(frame)) {
                List<byte[]> message = List.copyOf(parts);
                parts.clear();
                partBytes = 0;
                return message;
            }
        }
    }

    private boolean isLast(ZmtpFrame frame) throws PeerException {
        parts.add(frame.body());
        partBytes += frame.body().length;
        if (parts.size() > MAX_MESSAGE_FRAMES || partBytes > ZmtpDecoder.MAX_FRAME_BYTES) {
            throw new PeerException("it sent a message beyond all limits");
        }
        return !frame.more();
    }

    private void obey(ZmtpCommand command, Deadline deadline) throws IOException, PeerException {
        if (command.name().equals("PING")) {
            write(security.seal(command.pong()).encode(), deadline);
        } else if (command.name().equals("ERROR")) {
            throw new PeerException("it ended the connection: " + command.reason());
        }
    }

    /** False when the peer has closed the connection since it was last used. What it sent meanwhile is kept. */
    boolean isAlive() {
        try {
            while (fill() > 0) {
                // Until the socket has no more.
            }
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    /** Waits for bytes and takes them; false when the deadline came first. */
    private boolean read(Deadline deadline) throws IOException, PeerException {
        while (fill() == 0) {
            if (!await(SelectionKey.OP_READ, deadline)) {
                return false;
            }
        }
        return true;
    }

    private int fill() throws IOException {
        input.clear();
        int count = channel.read(input);
        if (count < 0) {
            throw new EOFException("the connection was closed");
        }
        decoder.append(input.flip());
        return count;
    }

    private boolean write(ByteBuffer bytes, Deadline deadline) throws IOException, PeerException {
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0 && !await(SelectionKey.OP_WRITE, deadline)) {
                return false;
            }
        }
        return true;
    }

    private boolean await(int readiness, Deadline deadline) throws IOException, PeerException {
        long millis = (deadline.remainingNanos() + 999_999) / 1_000_000;
        if (millis == 0) {
            return false;
        }
        key.interestOps(readiness);
        selector.select(millis);
        selector.selectedKeys().clear();
        if (Thread.interrupted()) {
            throw new PeerException(PeerException.INTERRUPTED);
        }
        return true;
    }

    @Override
    public void close() {
        try (channel;
                selector) {
            key.cancel();
        } catch (IOException closing) {
            // The descriptor is gone either way, and nobody waits for this connection any more.
        }
    }
}
