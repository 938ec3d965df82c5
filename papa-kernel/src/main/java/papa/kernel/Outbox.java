package papa.kernel;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.request.Refusal;
import papa.wire.Limit;

/**
 * What one connection is yet to be sent: answers in their order, and behind them whatever a source of output can still
 * fill in. Output is fetched only when the connection takes it, so that a slow reader costs no memory. Loop thread only.
 */
final class Outbox {
    /** The most that waits in answers before the connection is read no further. */
    static final long FULL = 256 * 1024;

    private static final int ROOM = 128 * 1024;
    /** Answers of a few bytes are gathered: an array for each would take many times their bytes. */
    private static final int GATHERED = 2048;

    private static final int FAIR_SHARE = 1024 * 1024;

    /** Fills in output while there is room. */
    interface Source {
        /** Writes what it has, as far as it fits. */
        void fill(Outbox outbox);
    }

    /** How {@link #flush} ended. */
    enum State {
        EMPTY,
        /** The connection takes no more for now. */
        BLOCKED,
        /** There is more, but others come first. */
        MORE,
        /** The other side takes nothing any more; reading comes to its end, too. */
        BROKEN,
        /** For want of memory, say: what waits would wait for ever, so that the connection has to go. */
        FAILED
    }

    private final Posix posix;
    private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
    private final ByteArrayOutputStream small = new ByteArrayOutputStream();
    private final ByteBuffer header = ByteBuffer.allocate(512);
    private long buffer;
    private int from;
    private int to;
    private int headAt;
    private long queued;

    private final UnreadAnswers unread;

    /** @param unread where what waits is counted for all connections */
    Outbox(Posix posix, UnreadAnswers unread) {
        this.posix = posix;
        this.unread = unread;
    }

    /** Whether an answer is longer than all may be that waits. */
    static boolean isTooMuch(String text) {
        return text.length() > Limit.UNREAD.most();
    }

    static Refusal tooMuch(String text) {
        return new Refusal("cannot answer that at once: it takes " + text.length() + " bytes, and "
                + Limit.UNREAD.most() + " are the most; ask for fewer, by a beginning and *");
    }

    /** Bytes of answers that wait. */
    long queued() {
        return queued;
    }

    /** Takes a piece of what is to be sent. */
    interface Pieces {
        /** @param begun whether the connection was offered it already */
        void piece(byte[] bytes, boolean begun);
    }

    /** All of it, in pieces for a state; what a source can still fill in is none of it. */
    void save(Pieces pieces) {
        for (int at = from; at < to; at += SavedSession.PIECE) {
            byte[] piece = new byte[Math.min(to - at, SavedSession.PIECE)];
            posix.getBytes(buffer + at, piece, 0, piece.length);
            pieces.piece(piece, true);
        }
        int skipped = headAt;
        for (byte[] each : queue) {
            for (int at = skipped; at < each.length; at += SavedSession.PIECE) {
                pieces.piece(Arrays.copyOfRange(each, at, Math.min(each.length, at + SavedSession.PIECE)), false);
            }
            skipped = 0;
        }
        if (small.size() > 0) {
            pieces.piece(small.toByteArray(), false);
        }
    }

    /** Takes a piece up again. What was begun does not count among what waits, as it did not before. */
    void restore(byte[] piece, boolean begun) {
        if (begun && queued == 0 && piece.length <= ROOM - to && hasBuffer()) {
            put(piece, 0, piece.length);
        } else {
            add(piece);
        }
    }

    private boolean hasBuffer() {
        try {
            buffer = buffer == 0 ? posix.allocate(ROOM) : buffer;
            return true;
        } catch (OutOfMemoryError none) {
            return false;
        }
    }

    /** Queues an answer, a byte string. */
    void add(String text) {
        add(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void count(long more) {
        queued += more;
        unread.add(more);
    }

    void add(byte[] bytes) {
        if (small.size() + bytes.length > GATHERED) {
            queueSmall();
        }
        if (bytes.length < GATHERED) {
            small.write(bytes, 0, bytes.length);
        } else {
            queue.add(bytes);
        }
        count(bytes.length);
    }

    /** What was gathered is behind all that is queued. */
    private void queueSmall() {
        if (small.size() > 0) {
            queue.add(small.toByteArray());
            small.reset();
        }
    }

    /** In how many arrays the answers lie. */
    int pieces() {
        return queue.size() + 1;
    }

    /** An empty buffer for a header; put it with {@link #put(ByteBuffer)}. */
    ByteBuffer header() {
        return header.clear();
    }

    /** Queues what was written into a header. */
    void add(ByteBuffer written) {
        byte[] bytes = new byte[written.flip().remaining()];
        written.get(bytes);
        add(bytes);
    }

    /** Bytes that a source may still put. */
    int room() {
        return ROOM - to;
    }

    /** For a source: what was written into {@link #header}. */
    void put(ByteBuffer written) {
        written.flip();
        posix.putBytes(buffer + to, written.array(), written.arrayOffset(), written.limit());
        to += written.limit();
    }

    /** For a source: bytes that lie in memory, and one more behind them. */
    void put(long address, int length, char last) {
        posix.copy(address, buffer + to, length);
        posix.putBytes(buffer + to + length, new byte[] {(byte) last}, 0, 1);
        to += length + 1;
    }

    /** For a source: a short text, a byte string. */
    void put(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        put(bytes, 0, bytes.length);
    }

    /** For a source: bytes from the heap. */
    void put(byte[] bytes, int offset, int length) {
        posix.putBytes(buffer + to, bytes, offset, length);
        to += length;
    }

    State flush(int fd, @Nullable Source source) {
        if (!hasBuffer()) {
            return State.FAILED;
        }
        long written = 0;
        while (true) {
            if (from == to) {
                refill(source);
                if (to == 0) {
                    return State.EMPTY;
                }
            }
            long count = posix.write(fd, buffer + from, to - from);
            if (count < 0) {
                boolean blocked = Errno.EAGAIN.is(count) || Errno.EINTR.is(count);
                boolean ended = Errno.EPIPE.is(count) || Errno.ECONNRESET.is(count);
                return blocked ? State.BLOCKED : ended ? State.BROKEN : State.FAILED;
            }
            from += (int) count;
            written += count;
            if (from < to) {
                return State.BLOCKED;
            }
            if (written >= FAIR_SHARE) {
                return State.MORE;
            }
        }
    }

    private void refill(@Nullable Source source) {
        from = 0;
        to = 0;
        byte[] next = next();
        while (next != null && to < ROOM) {
            int length = Math.min(next.length - headAt, ROOM - to);
            posix.putBytes(buffer + to, next, headAt, length);
            to += length;
            headAt += length;
            count(-length);
            if (headAt == next.length) {
                queue.remove();
                headAt = 0;
                next = next();
            }
        }
        if (queue.isEmpty() && source != null) {
            source.fill(this);
        }
    }

    private byte @Nullable [] next() {
        if (queue.isEmpty()) {
            queueSmall();
        }
        return queue.peek();
    }

    void free() {
        posix.free(buffer);
        buffer = 0;
        queue.clear();
        small.reset();
        count(-queued);
    }
}
