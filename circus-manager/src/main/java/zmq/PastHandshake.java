package zmq;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.NullMarked;

/**
 * A peer that shakes hands and says nothing else: stands in for one that has done so with another process. Speaks ZMTP 3.0 without keys
 * (rfc.zeromq.org/spec/23), as a DEALER; a ROUTER serves all that it serves in the same way.
 */
@NullMarked
final class PastHandshake extends Nowhere {
    private static final int GREETING_BYTES = 64;
    private static final int MECHANISM_AT = 12;
    private static final int COMMAND = 4;
    private static final int LONG = 2;
    private static final int LONGEST_SHORT = 255;

    private final ByteBuffer words;

    /** @param identity at most 255 bytes */
    PastHandshake(byte[] identity) throws IOException {
        configureBlocking(false); // else JeroMQ takes "nothing now" for the end
        byte[] greeting = new byte[GREETING_BYTES];
        greeting[0] = (byte) 0xff;
        greeting[9] = 0x7f;
        greeting[10] = 3;
        byte[] mechanism = "NULL".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(mechanism, 0, greeting, MECHANISM_AT, mechanism.length);
        ByteArrayOutputStream ready = new ByteArrayOutputStream();
        ready.writeBytes("\5READY".getBytes(StandardCharsets.US_ASCII));
        property(ready, "Socket-Type", "DEALER".getBytes(StandardCharsets.US_ASCII));
        property(ready, "Identity", identity);
        words = ByteBuffer.allocate(GREETING_BYTES + 9 + ready.size());
        words.put(greeting);
        if (ready.size() > LONGEST_SHORT) {
            words.put((byte) (COMMAND | LONG)).putLong(ready.size());
        } else {
            words.put((byte) COMMAND).put((byte) ready.size());
        }
        words.put(ready.toByteArray()).flip();
    }

    private static void property(ByteArrayOutputStream to, String name, byte[] value) {
        to.write(name.length());
        to.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        to.writeBytes(ByteBuffer.allocate(4).putInt(value.length).array());
        to.writeBytes(value);
    }

    /** Whether all of it was read. */
    boolean isOver() {
        return !words.hasRemaining();
    }

    @Override
    public int read(ByteBuffer into) {
        int count = Math.min(words.remaining(), into.remaining());
        into.put(words.slice().limit(count));
        words.position(words.position() + count);
        return count;
    }

    @Override
    public int write(ByteBuffer from) {
        int count = from.remaining();
        from.position(from.limit());
        return count;
    }
}
