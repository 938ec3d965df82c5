package circus.manager.output;

import circus.manager.line.LineShape;
import circus.manager.line.Speaker;
import circus.manager.line.Utf8;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One channel of one incarnation: how far its bytes have come, and the beginning of a line whose end has not come yet.
 *
 * <pre>
 *   committed ≤ written ≤ planned ≤ staged ≤ received ≤ seen       offsets in the stream
 *             in the file  about to be  │ the open line
 *             or console   written      └─ complete lines, in the sink's staging
 * </pre>
 */
final class WorkerStream {
    /** A line that grows longer than this is written in parts. */
    static final int LONGEST_PENDING = 64 * 1024;

    /** Whether its frames are taken. While they are not, the kernel need not send them, but some may be on their way. */
    enum Flow {
        FLOWING,
        PAUSED,
        /** The kernel was asked to send again from {@link #received}; frames before its answer are of the old run. */
        RESUMING
    }

    private final StreamId id;
    private final WorkerOutput worker;
    private final Speaker speaker;
    private Flow flow = Flow.FLOWING;
    private OutputRoute route;
    private Sink sink;
    private LineShape shape;

    private long committed;
    private long written;
    private long planned;
    private long staged;
    private long received;
    private long seen;

    /** The open line, as far as it is not staged: the bytes from {@link #staged} to {@link #received}. */
    private byte[] pending = new byte[0];

    private int pendingLength;
    private long pendingMicros;

    /** When the last bytes of it were captured, the very last one first: as many as a character may lack. */
    private final long[] lastMicros = new long[3];

    /** @param offset of the first byte that is not committed yet */
    WorkerStream(
            StreamId id,
            WorkerOutput worker,
            Speaker speaker,
            OutputRoute route,
            Sink sink,
            LineShape shape,
            long offset) {
        this.id = id;
        this.worker = worker;
        this.speaker = speaker;
        this.route = route;
        this.sink = sink;
        this.shape = shape;
        committed = offset;
        written = offset;
        planned = offset;
        staged = offset;
        received = offset;
        seen = offset;
    }

    StreamId id() {
        return id;
    }

    WorkerOutput worker() {
        return worker;
    }

    Sink sink() {
        return sink;
    }

    LineShape shape() {
        return shape;
    }

    Speaker speaker() {
        return speaker;
    }

    OutputRoute route() {
        return route;
    }

    /** Only while nothing is under way to the old sink. */
    void moveTo(OutputRoute nextRoute, Sink nextSink, LineShape nextShape) {
        route = nextRoute;
        sink = nextSink;
        shape = nextShape;
    }

    Flow flow() {
        return flow;
    }

    void flow(Flow next) {
        flow = next;
    }

    long written() {
        return written;
    }

    long received() {
        return received;
    }

    /** The kernel has, or had, bytes up to here. */
    void saw(long offset) {
        seen = Math.max(seen, offset);
    }

    boolean isPending() {
        return pendingLength > 0;
    }

    /** Whether nothing is on its way to the sink. */
    boolean isQuiet() {
        return staged == written;
    }

    /** Whether everything that came was received, if it is known that nothing more comes. */
    boolean isComplete() {
        return received >= seen;
    }

    boolean isWritten() {
        return written >= seen;
    }

    boolean isDone() {
        return committed >= seen;
    }

    /** Takes the next bytes: stages lines that they complete, and keeps the rest. Whether they completed any. */
    boolean take(byte[] bytes, int from, int to, long timeMicros) {
        received += to - from;
        int end = to;
        while (end > from && bytes[end - 1] != '\n') {
            end--;
        }
        if (end > from) {
            int rest = from;
            if (pendingLength > 0) {
                // The whole line is put together first: some can only be told so, and it goes into one file.
                rest = behindLineFeed(bytes, from);
                keep(bytes, from, rest, timeMicros);
            }
            stagePending(pendingLength);
            if (rest < end) {
                stageLines(bytes, rest, end, timeMicros);
            }
        }
        keep(bytes, end, to, timeMicros);
        if (pendingLength >= LONGEST_PENDING) {
            stagePartial();
        }
        return end > from;
    }

    private static int behindLineFeed(byte[] bytes, int from) {
        int end = from;
        while (bytes[end] != '\n') {
            end++;
        }
        return end + 1;
    }

    private void stageLines(byte[] bytes, int from, int to, long timeMicros) {
        Staging staging = sink.staging();
        if (shape.takesRuns()) {
            staged += to - from;
            staging.put(this, timeMicros, bytes, from, to, staged);
            return;
        }
        int start = from;
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n') {
                staged += i + 1 - start;
                staging.put(this, timeMicros, bytes, start, i + 1, staged);
                start = i + 1;
            }
        }
    }

    private void keep(byte[] bytes, int from, int to, long timeMicros) {
        if (from == to) {
            return;
        }
        if (pendingLength == 0) {
            pendingMicros = timeMicros;
        }
        int fresh = Math.min(lastMicros.length, to - from);
        System.arraycopy(lastMicros, 0, lastMicros, fresh, lastMicros.length - fresh);
        Arrays.fill(lastMicros, 0, fresh, timeMicros);
        int length = pendingLength + to - from;
        if (length > pending.length) {
            pending = Arrays.copyOf(pending, Math.max(length, Math.min(2 * pending.length, LONGEST_PENDING)));
        }
        System.arraycopy(bytes, from, pending, pendingLength, to - from);
        pendingLength = length;
    }

    /** Stages the open line as far as it goes, up to a character that is not complete. */
    void stagePartial() {
        int rest = Utf8.unfinished(pending, 0, pendingLength);
        stagePending(pendingLength - rest);
        if (rest > 0) {
            pendingMicros = lastMicros[rest - 1];
        }
    }

    /** Stages the open line as far as it goes. */
    void stageRest() {
        stagePending(pendingLength);
    }

    private void stagePending(int length) {
        if (length == 0) {
            return;
        }
        staged += length;
        sink.staging().put(this, pendingMicros, pending, 0, length, staged);
        System.arraycopy(pending, length, pending, 0, pendingLength - length);
        pendingLength -= length;
        if (pendingLength == 0 && pending.length > 4096) {
            pending = new byte[0];
        }
    }

    /** The bytes from {@link #received} up to this offset are gone. */
    void lose(long offset, long lastMicros, @Nullable String notice) {
        stageRest();
        long from = staged;
        received = offset;
        staged = offset;
        if (notice == null) {
            sink.staging().skip(this, offset);
        } else {
            sink.staging().notice(this, lastMicros, notice, from, offset);
        }
    }

    /** How a plan names it in which it takes part next. */
    Plan.Writer planned() {
        return new Plan.Writer(id, speaker, written, route.layout());
    }

    /** What is staged up to this offset is about to be written. */
    void planned(long offset) {
        planned = offset;
    }

    void wrote(long offset) {
        written = Math.max(written, offset);
    }

    /** What is on its way does not count any more; whatever becomes of it. */
    void letGo() {
        written = staged;
    }

    void committed(long offset) {
        committed = Math.max(committed, offset);
    }

    /** Goes on behind what an earlier manager has written. Only while nothing was received. */
    void skipTo(long offset) {
        if (offset > received) {
            committed = offset;
            written = offset;
            planned = offset;
            staged = offset;
            received = offset;
        }
    }

    /** Forgets what is not planned; it is received again from there. */
    void rewind() {
        pendingLength = 0;
        staged = Math.max(written, planned);
        received = staged;
    }

    /** Of what was planned, no more than this came to be written; forgets the rest. */
    void rewindTo(long offset) {
        written = offset;
        planned = offset;
        rewind();
    }

    /** Forgets the open line; it is received again. */
    void rewindPending() {
        pendingLength = 0;
        received = staged;
    }
}
