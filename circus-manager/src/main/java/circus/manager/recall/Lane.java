package circus.manager.recall;

import circus.manager.line.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts one stream into lines, from an offset on. One thread. */
final class Lane implements Source {
    /** A longer line comes in parts. */
    static final int LONGEST = 64 * 1024;

    private static final long FETCHED_AT_ONCE = 2 * LONGEST;

    private final Recall recall;
    final Recall.View view;
    private final long limit;
    private final boolean takesOpen;
    private long at;
    private boolean inLine;
    private List<Chunk> chunks = List.of();
    private int index;
    private @Nullable Utterance next;
    private long behindNext;

    /** Whether there is no line for now. What there is of one is not looked at again each time somebody asks. */
    private boolean isDry;

    /**
     * @param inLine whether what comes goes on with a line
     * @param limit the offset at which it ends
     * @param takesOpen whether a line is also taken that has no end yet
     */
    Lane(Recall recall, Recall.View view, long at, boolean inLine, long limit, boolean takesOpen) {
        this.recall = recall;
        this.view = view;
        this.at = at;
        this.inLine = inLine;
        this.limit = Math.min(limit, view.end());
        this.takesOpen = takesOpen;
    }

    /** The offset behind all that was taken. */
    long at() {
        return at;
    }

    /** Whether that is within a line. */
    boolean isInLine() {
        return inLine;
    }

    /** What comes next; null if nothing does for now. */
    @Override
    public @Nullable Utterance peek() {
        if (next == null && at < limit && !isDry) {
            next = read();
            isDry = next == null;
        }
        return next;
    }

    /** Goes on behind what {@link #peek} has told. */
    @Override
    public void take() {
        Utterance taken = next;
        if (taken != null) {
            at = behindNext;
            inLine = taken.open();
            next = null;
        }
    }

    private @Nullable Utterance read() {
        Chunk first = chunkAt(at);
        if (first == null) {
            // It was let go of since we looked.
            return lost(at, limit, view.lastMicros());
        }
        if (first.offset() > at) {
            return lost(at, Math.min(limit, first.offset()), first.micros());
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        long end = at;
        while (end < limit) {
            Chunk chunk = chunkAt(end);
            if (chunk == null || chunk.offset() > end) {
                // The rest of the line is lost.
                return said(first.micros(), line.toByteArray(), end, true);
            }
            byte[] bytes = chunk.bytes();
            int from = (int) (end - chunk.offset());
            int to = (int) Math.min(bytes.length, limit - chunk.offset());
            int i = from;
            while (i < to && bytes[i] != '\n') {
                i++;
            }
            line.write(bytes, from, i - from);
            end += i - from;
            if (i < to) {
                return said(first.micros(), line.toByteArray(), end + 1, false);
            }
            if (line.size() >= LONGEST) {
                return part(first.micros(), line.toByteArray(), end);
            }
        }
        if (view.ended() && end == view.end()) {
            return said(first.micros(), line.toByteArray(), end, false);
        }
        return takesOpen ? part(first.micros(), line.toByteArray(), end) : null;
    }

    /** What has the byte at this offset, or else comes next; null if nothing does. */
    private @Nullable Chunk chunkAt(long offset) {
        if (index > 0 && chunks.get(index - 1).end() > offset) {
            index = 0;
        }
        while (index < chunks.size() && chunks.get(index).end() <= offset) {
            index++;
        }
        if (index == chunks.size()) {
            chunks = recall.chunks(view.voice(), offset, FETCHED_AT_ONCE);
            index = 0;
        }
        return chunks.isEmpty() ? null : chunks.get(index);
    }

    /** Up to a character that is not complete. */
    private @Nullable Utterance part(long micros, byte[] bytes, long end) {
        int rest = Utf8.unfinished(bytes, 0, bytes.length);
        return rest == bytes.length ? null : said(micros, Arrays.copyOf(bytes, bytes.length - rest), end - rest, true);
    }

    private Utterance said(long micros, byte[] text, long end, boolean open) {
        behindNext = end;
        return new Utterance(
                micros,
                view.speaker(),
                view.voice().channel(),
                at,
                end,
                ByteBuffer.wrap(text),
                inLine,
                open,
                0,
                true,
                true);
    }

    private Utterance lost(long from, long to, long micros) {
        behindNext = to;
        return new Utterance(
                micros,
                view.speaker(),
                view.voice().channel(),
                from,
                to,
                ByteBuffer.allocate(0),
                false,
                false,
                to - from,
                true,
                true);
    }
}
