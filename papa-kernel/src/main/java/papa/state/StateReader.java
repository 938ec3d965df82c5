package papa.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.wire.Words;
import papa.wire.WordsException;

/**
 * Reads a state and hands each line to whoever restores its kind, in the order in which they were written. Any bytes may
 * stand in the file: they are lines, or a {@link StateException} tells which is none. Not more of the file is held at once
 * than one line. Loop thread only.
 */
public final class StateReader {
    private static final int BUFFER = 64 * 1024;

    /** A request line, all of whose bytes stand there as escapes, twice. */
    private static final int LONGEST_LINE = 8 * 1024 * 1024;

    /** Restores what one kind of line tells. */
    public interface Restorer {
        void restore(StateLine line) throws StateException;
    }

    private final Posix posix;
    private final Map<String, Restorer> restorers = new HashMap<>();
    private final Descriptors descriptors;
    private byte[] pending = new byte[BUFFER];
    private int from;
    private int to;
    private boolean atEnd;
    private long lines;

    public StateReader(Posix posix) {
        this.posix = posix;
        this.descriptors = new Descriptors(posix);
    }

    /** Lines of this kind are restored so; lines of kinds that nobody restores are passed over. */
    public void on(String kind, Restorer restorer) {
        if (restorers.put(kind, restorer) != null) {
            throw new IllegalArgumentException("two restore the kind " + kind);
        }
    }

    /**
     * Reads all of it, from its beginning; the file's own place is not moved.
     *
     * @param fd a memory file; no line can have it for its own
     */
    public void read(int fd) throws StateException {
        descriptors.claim(fd);
        int file = posix.open("/proc/self/fd/" + fd, Posix.O_RDONLY | Posix.O_CLOEXEC, 0);
        long buffer = file < 0 ? 0 : posix.allocate(BUFFER);
        try {
            if (buffer == 0) {
                throw new StateException(
                        "cannot read the state: " + Errno.of(file < 0 ? file : Errno.ENOMEM.negated()));
            }
            readLines(file, buffer);
        } finally {
            posix.free(buffer);
            posix.close(file);
        }
    }

    private void readLines(int file, long buffer) throws StateException {
        readVersion(demand(next(file, buffer)));
        StateLine line = demand(next(file, buffer));
        while (!line.kind().equals("end")) {
            Restorer restorer = restorers.get(line.kind());
            if (restorer != null) {
                restorer.restore(line);
            }
            line = demand(next(file, buffer));
        }
        long told = line.number("lines", 0, Long.MAX_VALUE);
        if (told != lines - 1) {
            throw line.wrong("it tells of " + told + " lines before it, and there are " + (lines - 1));
        }
        if (next(file, buffer) != null) {
            throw line.wrong("something comes after it");
        }
    }

    private static void readVersion(StateLine line) throws StateException {
        if (!line.kind().equals("papa-state")) {
            throw line.wrong("a state begins with papa-state");
        }
        int needed = line.integer("readable-by", 1, Integer.MAX_VALUE);
        if (needed > StateVersion.WRITTEN) {
            throw new StateException("cannot read the state of papa " + line.text("program", "?")
                    + ": it needs a program that knows version " + needed + " of the state, and this one knows "
                    + StateVersion.WRITTEN);
        }
    }

    private StateLine demand(@Nullable StateLine line) throws StateException {
        if (line == null) {
            throw new StateException("cannot read the state: it breaks off after line " + lines);
        }
        return line;
    }

    /** The next line; null at the end of the file. */
    private @Nullable StateLine next(int file, long buffer) throws StateException {
        int end = indexOfNewline(from);
        while (end < 0 && !atEnd) {
            int searched = to - from;
            fill(file, buffer);
            end = indexOfNewline(from + searched);
        }
        if (end < 0) {
            if (to > from) {
                throw new StateException("cannot read the state: line " + (lines + 1) + " does not end");
            }
            return null;
        }
        String text = new String(pending, from, end - from, StandardCharsets.ISO_8859_1);
        from = end + 1;
        lines++;
        try {
            List<String> words = Words.splitQuoted(text);
            if (words.isEmpty()) {
                throw new StateException("cannot read line " + lines + " of the state: it is empty");
            }
            return new StateLine(lines, words, descriptors);
        } catch (WordsException unreadable) {
            throw new StateException("cannot read line " + lines + " of the state: " + unreadable.getMessage());
        }
    }

    private int indexOfNewline(int start) {
        for (int i = start; i < to; i++) {
            if (pending[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private void fill(int file, long buffer) throws StateException {
        if (from > 0) {
            System.arraycopy(pending, from, pending, 0, to - from);
            to -= from;
            from = 0;
        }
        if (pending.length - to < BUFFER) {
            if (to > LONGEST_LINE) {
                throw new StateException(
                        "cannot read the state: line " + (lines + 1) + " has more than " + LONGEST_LINE + " bytes");
            }
            pending = Arrays.copyOf(pending, pending.length * 2);
        }
        long count = posix.read(file, buffer, BUFFER);
        if (count < 0 && !Errno.EINTR.is(count)) {
            throw new StateException("cannot read the state: " + Errno.of(count));
        }
        atEnd = count == 0;
        posix.getBytes(buffer, pending, to, (int) Math.max(0, count));
        to += (int) Math.max(0, count);
    }
}
