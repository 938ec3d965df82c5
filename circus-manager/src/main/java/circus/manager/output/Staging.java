package circus.manager.output;

import circus.manager.line.LineShape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in the shape in which they will stand in a file or on a console, and whose they are. Here lines of several
 * streams meet: whoever begins a line while another's is open ends that one first. Here is also seen where a file has to
 * be begun anew, which no plan may cross. One thread at a time.
 */
final class Staging implements LineShape.Target {
    /** Runs of one stream are joined up to this size, so that a plan can be cut between them. */
    private static final int LONGEST_PIECE = 256 * 1024;

    /** How much one plan takes, so that the commit that carries it stays short. */
    private static final int MOST_PIECES = 400;

    private static final int MOST_BYTES = 1024 * 1024;

    /** See {@link Plan.Piece}; the time is that of its first byte. */
    static final class Piece {
        final WorkerStream stream;
        final @Nullable String text;

        /** When the file begins in which it is to stand, see {@link LogFile}. */
        final long begunMicros;

        /** Whether the file is put aside before this. */
        boolean turns;

        /** When its first byte was captured; 0 where that does not matter. */
        long micros;

        long to;
        int end;

        Piece(WorkerStream stream, long to, int end, @Nullable String text, boolean turns, long begunMicros) {
            this.stream = stream;
            this.to = to;
            this.end = end;
            this.text = text;
            this.turns = turns;
            this.begunMicros = begunMicros;
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

        /** When the file begins in which they stand; 0 if that does not follow from them. */
        long begunMicros() {
            return pieces.isEmpty() ? 0 : pieces.get(pieces.size() - 1).begunMicros;
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

    private TurnRule rule = TurnRule.NEVER;

    /** How long the file will be in which the last of these bytes stands. */
    private long fileLength;

    /** When that file begins, see {@link LogFile}. */
    private long begunMicros;

    /** When it is due; it is not while nothing stands in it. */
    private long dueMicros = TurnRule.NO_TIME;

    /** For the next piece; see there. */
    private boolean turns;

    Staging(Buffers buffers) {
        this.buffers = buffers;
    }

    /**
     * Lets files be begun anew from now on by this rule.
     *
     * @param begunNow when the present one begins, if that was of no interest before
     */
    void rule(TurnRule next, long begunNow) {
        rule = next;
        begun(begunMicros == 0 ? begunNow : begunMicros);
    }

    private void begun(long micros) {
        begunMicros = micros;
        dueMicros = fileLength == 0 ? TurnRule.NO_TIME : rule.dueMicros(micros);
    }

    /** The file in which these bytes will stand has become longer or shorter. */
    void shift(long count) {
        if (!turns && pieces.stream().noneMatch(piece -> piece.turns)) {
            fileLength = Math.max(0, fileLength + count);
        }
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    int length() {
        return length;
    }

    /**
     * Forgets everything.
     *
     * @param openNow who has the last line of the file
     * @param lengthNow of the file, with what is planned
     * @param begunNow when it begins
     */
    void restart(StreamId openNow, long lengthNow, long begunNow) {
        if (length > 0) {
            buffers.give(bytes);
            bytes = new byte[0];
        }
        length = 0;
        pieces = new ArrayList<>();
        openBefore = openNow;
        open = openNow;
        turns = false;
        fileLength = lengthNow;
        begun(begunNow);
    }

    /** Whether the file has to be put aside before anything is taken. */
    boolean turnsAtFront() {
        return !pieces.isEmpty() && pieces.get(0).turns;
    }

    /** It was put aside. */
    void turnDone() {
        if (turnsAtFront()) {
            pieces.get(0).turns = false;
            openBefore = openBefore.afterTurn();
        }
    }

    /**
     * Adds bytes of a stream: a part of a line, or, where its shape takes them, many lines.
     *
     * @param timeMicros when the first of these bytes was captured
     * @param to their end in the source; not the same as their start
     * @param offset in the stream, behind the last of them
     */
    void put(WorkerStream stream, long timeMicros, byte[] source, int from, int to, long offset) {
        begin(timeMicros);
        if (timeMicros >= dueMicros) {
            if (!open.equals(stream.id()) && !open.equals(StreamId.STRANGER)) {
                endLineOf(stream, offset - (to - from));
            }
            turn(timeMicros);
        }
        if (rule.maxBytes() == Long.MAX_VALUE || !stream.shape().takesRuns()) {
            putPart(stream, timeMicros, source, from, to, offset);
            return;
        }
        int start = from;
        while (start < to) {
            int end = fitting(source, start, to, !open.equals(stream.id()) && !open.equals(StreamId.NOBODY));
            putPart(stream, timeMicros, source, start, end, offset - (to - end));
            start = end;
        }
    }

    /** How many whole lines go together into the file; the first one, if it fits in none. */
    private int fitting(byte[] source, int from, int to, boolean endsOther) {
        long room = rule.maxBytes() - 1 - fileLength - (endsOther ? 1 : 0);
        if (to - from + (source[to - 1] == '\n' ? 0 : 1) <= room) {
            return to;
        }
        int end = (int) Math.min(to, from + Math.max(0, room));
        while (end > from && source[end - 1] != '\n') {
            end--;
        }
        if (end == from) {
            while (end < to && (end == from || source[end - 1] != '\n')) {
                end++;
            }
        }
        return end;
    }

    /** Adds what goes into one file. */
    private void putPart(WorkerStream stream, long timeMicros, byte[] source, int from, int to, long offset) {
        LineShape shape = stream.shape();
        boolean begins = shape.endsEveryPart() || !open.equals(stream.id());
        int before = length;
        if (begins) {
            endLine();
        }
        int start = length;
        shape.shape(this, timeMicros, source, from, to, begins);
        boolean ends = source[to - 1] == '\n' || shape.endsEveryPart();
        // An open line leaves room for the line feed that another stream may have to put there.
        int added = length - before + (ends ? 0 : 1);
        if ((fileLength > 0 || endsLineOfOurs(begins)) && fileLength + added >= rule.maxBytes()) {
            if (start > before && open.equals(StreamId.STRANGER)) {
                // What strangers have begun ends with the file.
                System.arraycopy(bytes, start, bytes, before, length - start);
                length -= start - before;
                start = before;
            } else if (start > before) {
                pieces.add(new Piece(stream, offset - (to - from), start, "\n", takeTurn(), begunMicros));
            }
            turn(timeMicros);
            before = start;
        }
        fileLength += length - before;
        open = ends ? StreamId.NOBODY : stream.id();
        Piece last = shape.endsEveryPart() || pieces.isEmpty() || turns ? null : pieces.get(pieces.size() - 1);
        if (last != null && last.stream == stream && last.text == null && length - startOfLast() < LONGEST_PIECE) {
            last.to = offset;
            last.end = length;
        } else {
            add(new Piece(stream, offset, length, null, takeTurn(), begunMicros), timeMicros);
        }
    }

    private void add(Piece piece, long timeMicros) {
        piece.micros = timeMicros;
        pieces.add(piece);
    }

    /** What was said then is put into the file, which begins with that if nothing stands in it. */
    private void begin(long timeMicros) {
        if (rule.isByTime() && (fileLength == 0 || dueMicros == TurnRule.NO_TIME)) {
            begunMicros = Math.max(timeMicros, begunMicros);
            dueMicros = rule.dueMicros(begunMicros);
        }
    }

    /** The next piece goes into a new file. */
    private void turn(long timeMicros) {
        turns = true;
        open = open.afterTurn();
        fileLength = 0;
        begunMicros = rule.isByTime() ? dueMicros : 0;
        begin(timeMicros);
    }

    private boolean takeTurn() {
        boolean taken = turns;
        turns = false;
        return taken;
    }

    /** Ends the open line, if there is one, for what is to come of a stream behind the offset. */
    private void endLineOf(WorkerStream stream, long offset) {
        if (!open.equals(StreamId.NOBODY)) {
            endLine();
            open = StreamId.NOBODY;
            fileLength++;
            pieces.add(new Piece(stream, offset, length, "\n", takeTurn(), begunMicros));
        }
    }

    /** Whether a line feed comes first; in a file that is empty, too, where it ends a line that was begun in the one before. */
    private boolean endsLineOfOurs(boolean begins) {
        return begins && !open.equals(StreamId.NOBODY) && !open.equals(StreamId.STRANGER);
    }

    private int startOfLast() {
        return pieces.size() < 2 ? 0 : pieces.get(pieces.size() - 2).end;
    }

    /** Adds a line of our own that stands for bytes of a stream between the offsets. */
    void notice(WorkerStream stream, long timeMicros, String line, long from, long to) {
        boolean turns = (fileLength > 0 || endsLineOfOurs(true)) && fileLength + line.length() + 1 >= rule.maxBytes();
        if (turns) {
            if (!open.equals(StreamId.STRANGER)) {
                endLineOf(stream, from);
            }
            turn(timeMicros);
        }
        begin(timeMicros);
        String text = turns || open.equals(StreamId.NOBODY) ? line : "\n" + line;
        byte[] encoded = text.getBytes(StandardCharsets.ISO_8859_1);
        append(encoded, 0, encoded.length);
        fileLength += encoded.length;
        open = StreamId.NOBODY;
        add(new Piece(stream, to, length, text, takeTurn(), begunMicros), timeMicros);
    }

    /** Goes on behind bytes of a stream that nobody will miss. */
    void skip(WorkerStream stream, long offset) {
        pieces.add(new Piece(stream, offset, length, null, takeTurn(), begunMicros));
    }

    private void endLine() {
        if (!open.equals(StreamId.NOBODY)) {
            reserve(1);
            bytes[length++] = '\n';
        }
    }

    @Override
    public void append(byte[] source, int from, int to) {
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

    /** Takes as many pieces from the front as one plan may hold; never such that stand in two files. */
    Taken take() {
        int count = 0;
        while (count < pieces.size()
                && count < MOST_PIECES
                && (count == 0 || (pieces.get(count).end <= MOST_BYTES && !pieces.get(count).turns))) {
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
