package circus.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in, however they are cut; greeting and frames out. Pure: it knows no socket. One thread.
 *
 * <p>What a peer announces is never allocated before it arrives, and a frame beyond the limit ends the connection.
 */
final class ZmtpDecoder {
    /** No reply of a manager comes near: 10,000 processes take 5 MB. */
    static final int MAX_FRAME_BYTES = 64 << 20;

    static final int MAX_COMMAND_BYTES = 64 << 10;
    static final int GREETING_BYTES = 64;
    static final int MECHANISM_AT = 12;

    private static final String CURVE = "CURVE";
    private static final int VERSION_AT = 10;
    private static final int MECHANISM_BYTES = 20;

    private byte[] buffer = new byte[4096];
    private int start;
    private int end;

    /** Takes all that is in {@code bytes}. */
    void append(ByteBuffer bytes) {
        int count = bytes.remaining();
        if (buffer.length - end < count) {
            int held = end - start;
            byte[] next =
                    held + count <= buffer.length / 2 ? buffer : new byte[Math.max(buffer.length * 2, held + count)];
            System.arraycopy(buffer, start, next, 0, held);
            buffer = next;
            start = 0;
            end = held;
        }
        bytes.get(buffer, end, count);
        end += count;
    }

    /**
     * Reads the peer's greeting.
     *
     * @param wanted the security mechanism of this side
     * @return false when more bytes are needed
     */
    boolean greeting(String wanted) throws PeerException {
        int held = end - start;
        boolean foreign = (held > 0 && (buffer[start] & 0xff) != 0xff)
                || (held >= VERSION_AT && (buffer[start + VERSION_AT - 1] & 1) != 1);
        if (foreign) {
            throw new PeerException("it does not speak ZeroMQ's protocol");
        }
        if (held > VERSION_AT && buffer[start + VERSION_AT] < 3) {
            throw new PeerException("it speaks ZeroMQ's protocol in a version before 3.0");
        }
        if (held < GREETING_BYTES) {
            return false;
        }
        String mechanism =
                new String(buffer, start + MECHANISM_AT, MECHANISM_BYTES, StandardCharsets.ISO_8859_1).trim();
        if (!mechanism.equals(wanted)) {
            throw new PeerException(mismatch(mechanism, wanted));
        }
        start += GREETING_BYTES;
        return true;
    }

    private static String mismatch(String theirs, String ours) {
        if (theirs.equals(CURVE)) {
            return "it wants the security mechanism CURVE; give keys with --curve FILE, or in CIRCUSCTL_CURVE";
        }
        if (ours.equals(CURVE)) {
            return "it has no keys (security mechanism " + theirs
                    + "), and would be told everything in plain text; leave out" + " --curve if that is right";
        }
        return "it wants the security mechanism " + theirs;
    }

    /** The next whole frame; null when more bytes are needed. */
    @Nullable
    ZmtpFrame frame() throws PeerException {
        int held = end - start;
        if (held < 2) {
            return null;
        }
        int flags = buffer[start];
        if ((flags & ~(ZmtpFrame.MORE | ZmtpFrame.LONG | ZmtpFrame.COMMAND)) != 0) {
            throw new PeerException("it sent a frame with unknown flags " + flags);
        }
        int header = (flags & ZmtpFrame.LONG) == 0 ? 2 : 9;
        if (held < header) {
            return null;
        }
        boolean command = (flags & ZmtpFrame.COMMAND) != 0;
        long size = header == 2
                ? buffer[start + 1] & 0xff
                : ByteBuffer.wrap(buffer, start + 1, 8).getLong();
        long limit = command ? MAX_COMMAND_BYTES : MAX_FRAME_BYTES;
        if (size < 0 || size > limit) {
            throw new PeerException("it sent a frame of " + size + " bytes, more than the " + limit + " allowed");
        }
        if (held - header < size) {
            return null;
        }
        int from = start + header;
        start = from + (int) size;
        return new ZmtpFrame((flags & ZmtpFrame.MORE) != 0, command, Arrays.copyOfRange(buffer, from, start));
    }
}
