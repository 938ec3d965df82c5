package circus.manager.output;

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
     * @param timeFormat of its prefix; null when its lines have none
     */
    record Writer(StreamId id, int pid, long from, @Nullable String timeFormat) {}

    /**
     * A run of bytes of one stream: whole lines, or a part of one. Each line that begins in it begins with the writer's
     * prefix; when the file's last line is someone else's and open, a line feed comes first.
     *
     * @param writer index into the plan's writers
     * @param to the offset in the stream behind the last of these bytes
     * @param end where they end, counted from the start of the plan
     * @param notice when they are no output but a notice of ours that stands for what was lost: its text
     */
    record Piece(int writer, long to, int end, @Nullable String notice) {}

    Plan {
        writers = List.copyOf(writers);
        pieces = List.copyOf(pieces);
    }
}
