package papa.kernel;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import papa.posix.Posix;
import papa.process.Arena;
import papa.process.Capture;
import papa.process.Cursor;
import papa.process.Incarnation;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Words;

/**
 * A tail for a person. The bytes of one process come as they are, both channels together, as on its terminal. With several
 * processes, or with times, each line has a head:
 *
 * <pre>
 *   2026-11-21 10:15:02.123456 web.1 err: cannot open /srv/x
 *   (with times=1)             (several)
 * </pre>
 *
 * <p>What is not output stands in brackets, on a line of its own.
 *
 * <p>In a state, {@code several} and {@code times} are what they are here, and {@code in-line} is 1 where a line has been
 * begun and not ended; on the line of a stream, {@code last} is 1 where that line is of it. Loop thread only.
 */
final class TailText implements TailForm {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS");

    /** Of a name whose every byte is written as four, and the rest of a line about it. */
    private static final int LONGEST_HEAD = 4 * 1024 + 512;

    private final Posix posix;
    private final byte[] scratch;
    private final boolean several;
    private final boolean times;
    private final boolean follows;
    private boolean atLineStart = true;
    private @Nullable Cursor last;

    /** @param scratch room for the bytes of a chunk */
    TailText(Posix posix, byte[] scratch, boolean several, boolean times, boolean follows) {
        this.posix = posix;
        this.scratch = scratch;
        this.several = several;
        this.times = times;
        this.follows = follows;
    }

    static TailText restore(StateLine line, Posix posix, byte[] scratch, boolean follows) {
        TailText text = new TailText(posix, scratch, line.flag("several"), line.flag("times"), follows);
        text.atLineStart = !line.flag("in-line");
        return text;
    }

    @Override
    public int room() {
        return Arena.BLOCK + LONGEST_HEAD + 2;
    }

    @Override
    public void data(Outbox outbox, Cursor cursor) {
        int length = cursor.length();
        posix.getBytes(cursor.bytes(), scratch, 0, length);
        if (!several && !times) {
            outbox.put(scratch, 0, length);
            atLineStart = scratch[length - 1] == '\n';
            cursor.next();
            return;
        }
        byte[] head = head(cursor).getBytes(StandardCharsets.ISO_8859_1);
        int at = 0;
        while (at < length && outbox.room() >= head.length + 2) {
            beginLine(outbox, cursor, head);
            int lineEnd = at;
            while (lineEnd < length && scratch[lineEnd] != '\n') {
                lineEnd++;
            }
            int end = Math.min(Math.min(lineEnd + 1, length), at + outbox.room());
            outbox.put(scratch, at, end - at);
            at = end;
            atLineStart = scratch[end - 1] == '\n';
        }
        cursor.advance(at);
    }

    private void beginLine(Outbox outbox, Cursor cursor, byte[] head) {
        if (!atLineStart && last != cursor) {
            outbox.put("\n");
            atLineStart = true;
        }
        if (atLineStart) {
            outbox.put(head, 0, head.length);
        }
        last = cursor;
    }

    private String head(Cursor cursor) {
        return (times ? time(cursor.time()) + " " : "") + (several ? name(cursor.capture.owner) + " " : "")
                + cursor.capture.channel.word() + ": ";
    }

    private static String name(Incarnation process) {
        return Words.quote(process.spec.name());
    }

    private static String time(long micros) {
        Instant instant =
                Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
        return TIME.format(instant.atZone(ZoneId.systemDefault()));
    }

    @Override
    public void gap(Outbox outbox, Cursor cursor, long bytes) {
        Capture capture = cursor.capture;
        note(
                outbox,
                bytes + " bytes of " + name(capture.owner) + " " + capture.channel.word() + " are held no more, from "
                        + time(cursor.gapFirst()) + " to " + time(cursor.gapLast()));
    }

    @Override
    public void finished(Outbox outbox, Incarnation process) {
        if (follows) {
            int code = process.exitCode();
            note(
                    outbox,
                    name(process) + " ended at " + time(process.endedMicros())
                            + (code < 0 ? ", by signal " + -code : ", with exit code " + code));
        }
    }

    private void note(Outbox outbox, String text) {
        outbox.put((atLineStart ? "[" : "\n[") + text + "]\n");
        atLineStart = true;
    }

    @Override
    public String lastWords() {
        return atLineStart ? "" : "\n";
    }

    @Override
    public void put(StateWriter.Line line) {
        line.flag("several", several).flag("times", times).flag("in-line", !atLineStart);
    }

    @Override
    public void put(StateWriter.Line line, Incarnation process) {}

    @Override
    public void put(StateWriter.Line line, Cursor cursor) {
        line.flag("last", last == cursor);
    }

    @Override
    public void restore(StateLine line, Incarnation process) {}

    @Override
    public void restore(StateLine line, Cursor cursor) {
        if (line.flag("last")) {
            last = cursor;
        }
    }
}
