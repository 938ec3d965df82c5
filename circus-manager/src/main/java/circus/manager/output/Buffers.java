package circus.manager.output;

import java.util.ArrayDeque;

/** Byte arrays for reuse between the files that have something to write. One thread at a time. */
final class Buffers {
    private static final int FIRST_SIZE = 4 * 1024;
    private static final int KEPT_SIZE = 2 * 1024 * 1024;
    private static final int KEPT_COUNT = 8;

    private final ArrayDeque<byte[]> free = new ArrayDeque<>();

    byte[] take() {
        byte[] buffer = free.poll();
        return buffer == null ? new byte[FIRST_SIZE] : buffer;
    }

    void give(byte[] buffer) {
        if (buffer.length <= KEPT_SIZE && free.size() < KEPT_COUNT) {
            free.push(buffer);
        }
    }
}
