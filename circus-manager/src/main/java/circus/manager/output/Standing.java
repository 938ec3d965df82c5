package circus.manager.output;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much of a plan stands in a file, found by reading the file's bytes along the plan: line feeds and prefixes of ours
 * are told apart from the streams' own bytes, and those are compared with what the streams said.
 *
 * @param length how many bytes of the file belong to the plan
 * @param offsets how far each stream that takes part came
 * @param open who has the open last line behind these bytes
 * @param torn the line in whose middle the bytes end; null if they end elsewhere
 */
record Standing(
        int length,
        Map<StreamId, Long> offsets,
        StreamId open,
        @Nullable Torn torn) {
    /**
     * What was begun and not ended.
     *
     * @param writer whose line it is
     * @param from the offset of what is missing
     * @param to where the plan's piece ends
     * @param text all of a piece that stands for itself; null if it is a line
     * @param begun what stands of such a piece, or of a prefix, one char for each byte; empty if that is complete
     */
    record Torn(
            Plan.Writer writer,
            long from,
            long to,
            @Nullable String text,
            String begun) {}

    /** Whether the bytes end with a line that nobody can go on with. */
    boolean endsInAScrap() {
        return torn != null && !torn.begun().isEmpty();
    }

    Standing {
        offsets = Map.copyOf(offsets);
    }

    /**
     * Reads along.
     *
     * @param before who had the open last line in front of the plan
     * @param bytes of the file, from where the plan begins
     */
    static Standing find(Plan plan, StreamId before, byte[] bytes, int length, Captured captured, Rendering rendering) {
        return new Walk(plan, before, bytes, Math.min(length, plan.length()), captured, rendering).walk();
    }

    /** One walk along a plan. */
    private static final class Walk {
        private final Plan plan;
        private final byte[] bytes;
        private final int length;
        private final Captured captured;
        private final Rendering rendering;
        private int at;
        private StreamId open;
        private @Nullable Torn torn;

        /** The last place at which every line was whole; we fall back there when somebody else's bytes follow. */
        private int wholeAt;

        private StreamId wholeOpen;
        private final Map<StreamId, Long> wholeOffsets = new HashMap<>();

        /** Offsets that changed since then. */
        private final Map<StreamId, Long> aheadOffsets = new HashMap<>();

        Walk(Plan plan, StreamId before, byte[] bytes, int length, Captured captured, Rendering rendering) {
            this.plan = plan;
            this.open = before;
            this.wholeOpen = before;
            this.bytes = bytes;
            this.length = length;
            this.captured = captured;
            this.rendering = rendering;
            plan.writers().forEach(writer -> wholeOffsets.put(writer.id(), writer.from()));
        }

        Standing walk() {
            for (Plan.Piece piece : plan.pieces()) {
                if (at == length || torn != null) {
                    break;
                }
                Plan.Writer writer = plan.writers().get(piece.writer());
                String text = piece.text();
                boolean agrees = text == null ? output(writer, piece) : verbatim(writer, piece, text);
                if (!agrees) {
                    return new Standing(wholeAt, wholeOffsets, wholeOpen, null);
                }
            }
            wholeOffsets.putAll(aheadOffsets);
            return new Standing(at, wholeOffsets, open, torn);
        }

        private void lineIsWhole() {
            open = StreamId.NOBODY;
            wholeAt = at;
            wholeOpen = open;
            wholeOffsets.putAll(aheadOffsets);
            aheadOffsets.clear();
        }

        private boolean verbatim(Plan.Writer writer, Plan.Piece piece, String text) {
            byte[] expected = text.getBytes(StandardCharsets.ISO_8859_1);
            int count = Math.min(expected.length, length - at);
            if (!Arrays.equals(expected, 0, count, bytes, at, at + count)) {
                return false;
            }
            at += count;
            if (count < expected.length) {
                torn = new Torn(writer, piece.to(), piece.to(), text, text.substring(0, count));
                return true;
            }
            aheadOffsets.put(writer.id(), piece.to());
            if (text.endsWith("\n")) {
                lineIsWhole();
            } else {
                open = writer.id();
            }
            return true;
        }

        private boolean output(Plan.Writer writer, Plan.Piece piece) {
            if (writer.layout().isRendered()) {
                return rendered(writer, piece);
            }
            int end = Math.min(piece.end(), length);
            if (!open.equals(writer.id()) && !open.equals(StreamId.NOBODY)) {
                if (bytes[at++] != '\n') {
                    return false;
                }
                lineIsWhole();
            }
            while (at < end && torn == null) {
                boolean begins = open.equals(StreamId.NOBODY);
                String mark = writer.layout().mark(writer.speaker());
                if (begins && mark != null && !prefix(writer, piece, mark, end)) {
                    return false;
                }
                if (torn == null && !partOfLine(writer, piece, end)) {
                    return false;
                }
            }
            if (torn == null && at < piece.end() && open.equals(writer.id())) {
                torn = new Torn(writer, offset(writer), piece.to(), null, "");
            }
            return at < piece.end() || offset(writer) == piece.to();
        }

        /** A line whose bytes are not the stream's: it is there as a whole, or a scrap. */
        private boolean rendered(Plan.Writer writer, Plan.Piece piece) {
            if (!open.equals(StreamId.NOBODY)) {
                if (bytes[at++] != '\n') {
                    return false;
                }
                lineIsWhole();
            }
            int end = Math.min(piece.end(), length);
            byte[] expected = rendering.line(writer, offset(writer), piece.to());
            if (expected != null && !Arrays.equals(expected, 0, Math.min(expected.length, end - at), bytes, at, end)) {
                return false;
            }
            if (end < piece.end()) {
                String begun = new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
                torn = at == end ? null : new Torn(writer, offset(writer), piece.to(), null, begun);
                at = end;
                return true;
            }
            at = end;
            if (bytes[at - 1] != '\n') {
                return false;
            }
            aheadOffsets.put(writer.id(), piece.to());
            lineIsWhole();
            return true;
        }

        private boolean partOfLine(Plan.Writer writer, Plan.Piece piece, int end) {
            int start = at;
            open = writer.id();
            while (at < end && (at == start || bytes[at - 1] != '\n')) {
                at++;
            }
            long offset = offset(writer) + at - start;
            if (offset > piece.to() || !captured.mayBe(writer.id(), offset(writer), bytes, start, at)) {
                return false;
            }
            aheadOffsets.put(writer.id(), offset);
            if (at > start && bytes[at - 1] == '\n') {
                lineIsWhole();
            }
            return true;
        }

        private long offset(Plan.Writer writer) {
            Long ahead = aheadOffsets.get(writer.id());
            return ahead == null ? wholeOffsets.getOrDefault(writer.id(), writer.from()) : ahead;
        }

        /** Goes behind the prefix that begins here, or finds it torn. */
        private boolean prefix(Plan.Writer writer, Plan.Piece piece, String ending, int end) {
            byte[] mark = ending.getBytes(StandardCharsets.UTF_8);
            for (int i = at; i + mark.length <= end; i++) {
                if (Arrays.equals(mark, 0, mark.length, bytes, i, i + mark.length)) {
                    at = i + mark.length;
                    return true;
                }
            }
            if (end == piece.end()) {
                return false;
            }
            String begun = new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
            torn = new Torn(writer, offset(writer), piece.to(), null, begun);
            at = end;
            return true;
        }
    }
}
