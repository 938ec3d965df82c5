package papa.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import papa.posix.Posix;
import papa.wire.Limit;

/** What has come from one client and is not taken yet: whole lines, and the beginning of one. Loop thread only. */
final class Incoming {
    private static final int FEW = 4096;

    private final Posix posix;
    private byte[] bytes = new byte[FEW];
    private int from;
    private int to;
    private int scanned;

    Incoming(Posix posix) {
        this.posix = posix;
    }

    boolean isEmpty() {
        return from == to;
    }

    /** Bytes of memory that this takes. */
    int room() {
        return bytes.length;
    }

    /** Whether {@code count} bytes more need more memory. */
    boolean mustGrowFor(int count) {
        return to - from + count > bytes.length;
    }

    void add(long address, int count) {
        makeRoomFor(count);
        posix.getBytes(address, bytes, to, count);
        to += count;
    }

    void add(byte[] more) {
        makeRoomFor(more.length);
        System.arraycopy(more, 0, bytes, to, more.length);
        to += more.length;
    }

    private void makeRoomFor(int count) {
        if (to + count > bytes.length) {
            shift(Math.max(to - from + count, mustGrowFor(count) ? bytes.length * 2 : bytes.length));
        }
    }

    /** All of it, in pieces for a state. */
    void save(Consumer<byte[]> pieces) {
        for (int at = from; at < to; at += SavedSession.PIECE) {
            pieces.accept(Arrays.copyOfRange(bytes, at, Math.min(to, at + SavedSession.PIECE)));
        }
    }

    /** The next whole line, without its end; each char is one byte. It stays until it is {@link #taken}. */
    Optional<String> next() {
        while (scanned < to && bytes[scanned] != '\n') {
            scanned++;
        }
        return scanned == to || isTooLong()
                ? Optional.empty()
                : Optional.of(new String(bytes, from, scanned - from, StandardCharsets.ISO_8859_1));
    }

    /** The line that {@link #next} gave is done with. */
    void taken() {
        from = scanned + 1;
        scanned = from;
    }

    /** Gives memory back that was needed for a long line. */
    void tidy() {
        if (to - from < FEW && bytes.length > 16 * FEW) {
            shift(FEW);
        } else if (from == to) {
            shift(bytes.length);
        }
    }

    private void shift(int room) {
        if (room == bytes.length) {
            System.arraycopy(bytes, from, bytes, 0, to - from);
        } else {
            bytes = Arrays.copyOf(Arrays.copyOfRange(bytes, from, to), room);
        }
        scanned -= from;
        to -= from;
        from = 0;
    }

    /** Whether so much has come that no more may be read before something is taken. */
    boolean isFull() {
        return to - from > Limit.LINE.most();
    }

    /** Whether the next line is longer than one may be, as far as {@link #next} has looked. */
    boolean isTooLong() {
        return scanned - from > Limit.LINE.most();
    }
}
