package circus.manager.recall;

import java.util.Arrays;

/** What one read of the kernel brought. Immutable. */
final class Chunk {
    /** What a chunk takes in memory besides its bytes. */
    private static final int OVERHEAD = 96;

    private final long offset;
    private final long micros;
    private final byte[] bytes;

    /**
     * @param offset of the first byte in its stream
     * @param micros when it was captured, since 1970
     * @param bytes not to be changed any more
     */
    Chunk(long offset, long micros, byte[] bytes) {
        this.offset = offset;
        this.micros = micros;
        this.bytes = bytes;
    }

    long offset() {
        return offset;
    }

    long micros() {
        return micros;
    }

    /** Not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    long end() {
        return offset + bytes.length;
    }

    int weight() {
        return OVERHEAD + bytes.length;
    }

    /** What of it is not before this offset. */
    Chunk from(long start) {
        return start <= offset
                ? this
                : new Chunk(start, micros, Arrays.copyOfRange(bytes, (int) (start - offset), bytes.length));
    }
}
