package circus.client;

import java.nio.ByteBuffer;

/**
 * One frame of ZMTP 3.0 traffic: a flag byte, the length in one byte or in eight, the body. A value; any thread.
 *
 * @param more whether the message goes on in the next frame
 * @param command whether it is for the protocol itself and not for the application
 */
@SuppressWarnings("ArrayRecordComponent") // Frames are carried, never compared.
record ZmtpFrame(boolean more, boolean command, byte[] body) {
    static final int MORE = 1;
    static final int LONG = 2;
    static final int COMMAND = 4;

    static ZmtpFrame message(byte[] body) {
        return new ZmtpFrame(false, false, body);
    }

    ByteBuffer encode() {
        boolean large = body.length > 255;
        ByteBuffer out = ByteBuffer.allocate((large ? 9 : 2) + body.length);
        out.put((byte) ((more ? MORE : 0) | (large ? LONG : 0) | (command ? COMMAND : 0)));
        if (large) {
            out.putLong(body.length);
        } else {
            out.put((byte) body.length);
        }
        return out.put(body).flip();
    }
}
