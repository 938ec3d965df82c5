package circus.client;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A ZMTP command: a name and data. The ones that matter to a client are READY (the end of the handshake, with the peer's socket type),
 * PING and PONG (3.1), and ERROR. A value; any thread.
 */
@SuppressWarnings("ArrayRecordComponent") // Commands are read and answered, never compared.
record ZmtpCommand(String name, byte[] data) {
    private static final String SOCKET_TYPE = "Socket-Type";
    private static final int PING_TTL_BYTES = 2;

    static ZmtpCommand decode(byte[] body) throws PeerException {
        int length = body.length == 0 ? 0 : body[0] & 0xff;
        if (length == 0 || length > body.length - 1) {
            throw new PeerException("cannot read a ZeroMQ command of " + body.length + " bytes");
        }
        String name = new String(body, 1, length, StandardCharsets.ISO_8859_1);
        return new ZmtpCommand(name, Arrays.copyOfRange(body, 1 + length, body.length));
    }

    static ZmtpFrame ready(String socketType) {
        return frame("READY", metadata(socketType));
    }

    /** What this side tells of itself in the handshake. */
    static byte[] metadata(String socketType) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        byte[] value = socketType.getBytes(StandardCharsets.ISO_8859_1);
        data.write(SOCKET_TYPE.length());
        data.writeBytes(SOCKET_TYPE.getBytes(StandardCharsets.ISO_8859_1));
        data.writeBytes(ByteBuffer.allocate(4).putInt(value.length).array());
        data.writeBytes(value);
        return data.toByteArray();
    }

    /** The answer to this PING: its context, without the time to live before it. */
    ZmtpFrame pong() {
        return frame("PONG", Arrays.copyOfRange(data, Math.min(PING_TTL_BYTES, data.length), data.length));
    }

    private static ZmtpFrame frame(String name, byte[] data) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(name.length());
        body.writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
        body.writeBytes(data);
        return new ZmtpFrame(false, true, body.toByteArray());
    }

    /** The socket type that this READY tells; empty when it tells none. Names of properties are compared without case. */
    String socketType() throws PeerException {
        ByteBuffer properties = ByteBuffer.wrap(data);
        while (properties.hasRemaining()) {
            String name = text(properties, properties.get() & 0xff);
            if (properties.remaining() < 4) {
                throw malformed();
            }
            String value = text(properties, properties.getInt());
            if (name.toLowerCase(Locale.ROOT).equals("socket-type")) {
                return value;
            }
        }
        return "";
    }

    /** The reason in this ERROR. */
    String reason() {
        return data.length == 0 ? "" : new String(data, 1, data.length - 1, StandardCharsets.UTF_8);
    }

    private static String text(ByteBuffer from, int length) throws PeerException {
        if (length < 0 || length > from.remaining()) {
            throw malformed();
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static PeerException malformed() {
        return new PeerException("cannot read the peer's ZeroMQ READY command: it is cut short");
    }
}
