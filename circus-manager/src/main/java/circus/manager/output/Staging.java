package circus.manager.output;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in the shape in which they will stand in a file or on a console, and whose they are. Here lines of several
 * streams meet: whoever begins a line while another's is open ends that one first. One thread at a time.
 */
final class Staging {
    /** Runs of one stream are joined up to this size, so that a plan can be cut between them. */
    private static final int LONGEST_PIECE = 256 * 1024;

    /** How much one plan takes, so that the commit that carries it stays short. */
    private static final int MOST_PIECES = 400;

    private static final int MOST_BYTES = 1024 * 1024;

    /** See {@link Plan.Piece}. */
    static final class Piece {
        final WorkerStream stream;
        final @Nullable String text;
        long to;
        int end;

        Piece(WorkerStream stream, long to, int end, @Nullable String text) {
            this.stream = stream;
            this.to = to;
            this.end = end;
            this.text = text;
        }
    }

    /** What was taken out, to be written. */
    static final class Taken {
        private final byte[] bytes;
        private final int length;
        private final List<Piece> pieces;
        private final StreamId openBefore;
        private final StreamId openAfter;

        private Taken(byte[] bytes, int length, List<Piece> pieces, StreamId openBefore, StreamId openAfter) {
            this.bytes = bytes;
            this.length = length;
            this.pieces = pieces;
            this.openBefore = openBefore;
            this.openAfter = openAfter;
        }

        /** What {@link Plan#owed} tells. */
        static Taken owed(Plan plan, StreamId openBefore) {
            byte[] bytes = String.valueOf(plan.pieces().get(0).text()).getBytes(StandardCharsets.ISO_8859_1);
            boolean ended = bytes[bytes.length - 1] == '\n';
            StreamId openAfter = ended ? StreamId.NOBODY : plan.writers().get(0).id();
            return new Taken(bytes, bytes.length, List.of(), openBefore, openAfter);
        }

        /** Owned by the taker, who gives them back to the {@link Buffers}. */
        byte[] bytes() {
            return bytes;
        }

        int length() {
            return length;
        }

        List<Piece> pieces() {
            return pieces;
        }

        /** Who has the open last line in front of these bytes. */
        StreamId openBefore() {
            return openBefore;
        }

        /** Who has the open last line behind them. */
        StreamId openAfter() {
            return openAfter;
        }
    }

    private final Buffers buffers;
    private byte[] bytes = new byte[0];
    private int length;
    private List<Piece> pieces = new ArrayList<>();
    private StreamId openBefore = StreamId.NOBODY;
    private StreamId open = StreamId.NOBODY;

    Staging(Buffers buffers) {
        this.buffers = buffers;
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    int length() {
        return length;
    }

    /** Forgets everything and goes on behind a last line of this owner. */
    void restart(StreamId openNow) {
        if (length > 0) {
            buffers.give(bytes);
            bytes = new byte[0];
        }
        length = 0;
        pieces = new ArrayList<>();
        openBefore = openNow;
        open = openNow;
    }

    /**
     * Adds bytes of a stream: a part of a line, or, when the stream has no prefix, also many lines.
     *
     * @param timeMicros when the first of these bytes was captured
     * @param to their end in the source; not the same as their start
     * @param offset in the stream, behind the last of them
     */
    void put(WorkerStream stream, long timeMicros, byte[] source, int from, int to, long offset) {
        if (!open.equals(stream.id())) {
            endLine();
            LinePrefix prefix = stream.prefix();
            if (prefix != null) {
                byte[] text = prefix.at(timeMicros);
                append(text, 0, text.length);
            }
        }
        append(source, from, to);
        open = source[to - 1] == '\n' ? StreamId.NOBODY : stream.id();
        Piece last = pieces.isEmpty() ? null : pieces.get(pieces.size() - 1);
        if (last != null && last.stream == stream && last.text == null && length - startOfLast() < LONGEST_PIECE) {
            last.to = offset;
            last.end = length;
        } else {
            pieces.add(new Piece(stream, offset, length, null));
        }
    }

    private int startOfLast() {
        return pieces.size() < 2 ? 0 : pieces.get(pieces.size() - 2).end;
    }

    /** Adds a line of our own that stands for bytes of a stream up to the offset. */
    void notice(WorkerStream stream, String line, long offset) {
        String text = open.equals(StreamId.NOBODY) ? line : "\n" + line;
        byte[] encoded = text.getBytes(StandardCharsets.ISO_8859_1);
        append(encoded, 0, encoded.length);
        open = StreamId.NOBODY;
        pieces.add(new Piece(stream, offset, length, text));
    }

    /** Goes on behind bytes of a stream that nobody will miss. */
    void skip(WorkerStream stream, long offset) {
        pieces.add(new Piece(stream, offset, length, null));
    }

    private void endLine() {
        if (!open.equals(StreamId.NOBODY)) {
            reserve(1);
            bytes[length++] = '\n';
        }
    }

    private void append(byte[] source, int from, int to) {
        reserve(to - from);
        System.arraycopy(source, from, bytes, length, to - from);
        length += to - from;
    }

    private void reserve(int count) {
        if (bytes.length == 0) {
            bytes = buffers.take();
        }
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
        }
    }

    /** Takes as many pieces from the front as one plan may hold. */
    Taken take() {
        int count = 0;
        while (count < pieces.size() && count < MOST_PIECES && (count == 0 || pieces.get(count).end <= MOST_BYTES)) {
            count++;
        }
        List<Piece> first = count == pieces.size() ? pieces : List.copyOf(pieces.subList(0, count));
        int cut = first.get(count - 1).end;
        StreamId openAtCut = count == pieces.size() ? open : openAfter(first);
        Taken taken = new Taken(bytes, cut, first, openBefore, openAtCut);
        List<Piece> rest = new ArrayList<>(pieces.subList(count, pieces.size()));
        byte[] left = new byte[0];
        if (length > cut) {
            left = buffers.take();
            if (left.length < length - cut) {
                left = new byte[length - cut];
            }
            System.arraycopy(bytes, cut, left, 0, length - cut);
        }
        rest.forEach(piece -> piece.end -= cut);
        bytes = left;
        length -= cut;
        pieces = rest;
        openBefore = openAtCut;
        return taken;
    }

    private StreamId openAfter(List<Piece> first) {
        StreamId owner = openBefore;
        int start = 0;
        for (Piece piece : first) {
            if (piece.end > start) {
                owner = bytes[piece.end - 1] == '\n' ? StreamId.NOBODY : piece.stream.id();
            }
            start = piece.end;
        }
        return owner;
    }
}
