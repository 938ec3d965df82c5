package circus.manager.output;

import circus.manager.line.Layout;
import circus.manager.line.Speaker;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is about to be appended to a log file: the length and checksum of the bytes, and whose they are. It is committed
 * before the first of them is written, so that whoever comes next can tell from the file alone what was done of it.
 *
 * @param length in bytes, prefixes included
 * @param checksum CRC32C of all of them
 * @param writers the streams that take part
 * @param pieces in the order of the file
 */
record Plan(int length, int checksum, List<Writer> writers, List<Piece> pieces) {
    /**
     * A stream that takes part.
     *
     * @param from the offset of its first byte that is in none of the pieces of earlier plans
     * @param speaker as far as the layout names it: the pid alone where that is all
     */
    record Writer(StreamId id, Speaker speaker, long from, Layout layout) {
        Writer {
            if (layout.isPlainOrTimed()) {
                speaker = new Speaker("", 0, speaker.pid());
            }
        }
    }

    /**
     * A run of bytes of one stream: whole lines, or a part of one. Each line that begins in it begins with the writer's
     * prefix; when the file's last line is someone else's and open, a line feed comes first. Where the layout renders
     * lines, a piece is one of them.
     *
     * @param writer index into the plan's writers
     * @param to the offset in the stream behind the last of these bytes
     * @param end where they end, counted from the start of the plan
     * @param text when they are not the stream's next bytes in the usual shape but stand for themselves: all of them,
     *     one char each; a notice that something was lost, or the rest of a line that a write had torn
     */
    record Piece(int writer, long to, int end, @Nullable String text) {}

    /**
     * The rest of a line that a write had torn. The kernel has let go of its bytes, so the plan is the only place where
     * they are, and has to be carried out whatever became of the file.
     */
    static Plan owed(Writer writer, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Piece piece = new Piece(0, writer.from(), bytes.length, text);
        return new Plan(bytes.length, LastBytes.checksum(bytes, 0, bytes.length), List.of(writer), List.of(piece));
    }

    /**
     * Whether it is such a rest. A line feed alone that ends somebody else's line brings its writer no further either; but the line may
     * still go on if that writer comes later, or elsewhere.
     *
     * @param open who has the open last line in front of the plan
     */
    boolean isOwed(StreamId open) {
        if (pieces.size() != 1) {
            return false;
        }
        StreamId writer = writers.get(0).id();
        String text = pieces.get(0).text();
        boolean endsAnother = !open.equals(StreamId.NOBODY) && !open.equals(StreamId.STRANGER) && !open.equals(writer);
        return text != null && writers.get(0).from() == pieces.get(0).to() && !(endsAnother && text.equals("\n"));
    }

    Plan {
        writers = List.copyOf(writers);
        pieces = List.copyOf(pieces);
    }
}
