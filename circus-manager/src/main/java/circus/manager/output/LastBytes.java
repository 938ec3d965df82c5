package circus.manager.output;

import java.util.Arrays;
import java.util.zip.CRC32C;

/** The last up to 512 bytes of a file, by which it is recognised later. */
final class LastBytes {
    static final int COUNT = 512;

    private byte[] bytes = new byte[0];

    /** Begins anew with what a file ends with. */
    void set(byte[] end) {
        bytes = end.length <= COUNT ? end.clone() : Arrays.copyOfRange(end, end.length - COUNT, end.length);
    }

    /** These were appended. */
    void append(byte[] source, int from, int to) {
        int fresh = Math.min(COUNT, to - from);
        int kept = Math.min(bytes.length, COUNT - fresh);
        byte[] next = new byte[kept + fresh];
        System.arraycopy(bytes, bytes.length - kept, next, 0, kept);
        System.arraycopy(source, to - fresh, next, kept, fresh);
        bytes = next;
    }

    int checksum() {
        return checksum(bytes, 0, bytes.length);
    }

    /** Whether they end in the middle of a line. */
    boolean endInALine() {
        return bytes.length > 0 && bytes[bytes.length - 1] != '\n';
    }

    static int checksum(byte[] bytes, int from, int to) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, from, to - from);
        return (int) checksum.getValue();
    }
}
