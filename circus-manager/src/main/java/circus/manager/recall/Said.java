package circus.manager.recall;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The latest of one stream. Guarded by the {@link Recall} that has it. */
final class Said {
    final Voice voice;
    /** By offset, so that any can be found quickly; those before {@link #head} are gone, and null. */
    private final List<@Nullable Chunk> chunks = new ArrayList<>();

    private int head;
    private final long start;
    private long weight;
    private long end;

    /** Whether all of it is from an earlier manager, and so may not reach to what the kernel sends. */
    private boolean isInherited;

    /** How much of it was written to the file in which window of a {@link Pace}. */
    private long writtenBytes;

    private long writtenWindow;

    /** @param start the offset at which it is come in on */
    Said(Voice voice, long start) {
        this.voice = voice;
        this.start = start;
        this.end = start;
    }

    /** The offset at which it was come in on. */
    long start() {
        return start;
    }

    /** What of the chunk is new is kept; whether anything is. */
    boolean add(Chunk chunk) {
        if (chunk.end() <= end) {
            return false;
        }
        if (isInherited && chunk.offset() > end) {
            // Of what is between nobody knows that it is lost.
            shrinkTo(0);
        }
        isInherited = false;
        Chunk fresh = chunk.from(end);
        chunks.add(fresh);
        weight += fresh.weight();
        end = fresh.end();
        return true;
    }

    /** It comes from an earlier manager. */
    void inherited() {
        isInherited = true;
    }

    /** The kernel has lost bytes from this offset on; what is before that it has sent, or had no need to. */
    void lost(long offset) {
        isInherited &= offset > end;
    }

    /** So many bytes of it were written to the file in a window of a {@link Pace}. */
    void writes(long window, long bytes) {
        writtenBytes = bytes + written(window);
        writtenWindow = window;
    }

    /** How much of it was written in this window. */
    long written(long window) {
        return writtenWindow == window ? writtenBytes : 0;
    }

    /** Where the last chunks begin that have no more than so many bytes together, or the very last one. */
    long last(long bytes) {
        long begin = end;
        for (int i = chunks.size() - 1; i >= head; i--) {
            Chunk chunk = at(i);
            if (begin < end && end - chunk.offset() > bytes) {
                break;
            }
            begin = chunk.offset();
        }
        return begin;
    }

    /** The offset of the oldest byte that is held; the end if none is. */
    long first() {
        return head == chunks.size() ? end : at(head).offset();
    }

    /** The offset behind the last byte that came. */
    long end() {
        return end;
    }

    /** When the oldest byte came that is held; 0 if none is. */
    long firstMicros() {
        return head == chunks.size() ? 0 : at(head).micros();
    }

    /** When the last byte came; 0 if none is held. */
    long lastMicros() {
        return head == chunks.size() ? 0 : at(chunks.size() - 1).micros();
    }

    long weight() {
        return weight;
    }

    /** Lets go of the oldest until it takes no more than this. */
    void shrinkTo(long most) {
        while (weight > most) {
            weight -= at(head).weight();
            chunks.set(head++, null);
        }
        if (head > chunks.size() / 2) {
            chunks.subList(0, head).clear();
            head = 0;
        }
    }

    private Chunk at(int index) {
        return Objects.requireNonNull(chunks.get(index));
    }

    /** The first that reaches behind an offset; their number if none does. */
    private int find(long offset) {
        // As a rule the newest is asked for, of many.
        int last = chunks.size() - 1;
        if (last > head && at(last).offset() <= offset) {
            return offset < end ? last : last + 1;
        }
        int low = head;
        int high = chunks.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle).end() > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** From an offset on, and no more bytes than this, but at least one chunk. */
    List<Chunk> from(long offset, long most) {
        List<Chunk> found = new ArrayList<>();
        long bytes = 0;
        for (int i = find(offset); i < chunks.size() && (bytes < most || bytes == 0); i++) {
            Chunk chunk = at(i).from(offset);
            found.add(chunk);
            bytes += chunk.bytes().length;
        }
        return found;
    }

    /** The offset at which the last so many lines begin, as far as they are held; an unfinished one counts. */
    long lastLines(long lines) {
        if (lines <= 0) {
            return end;
        }
        long wanted = lines;
        long begin = end;
        for (int newest = chunks.size() - 1; newest >= head; newest--) {
            Chunk chunk = at(newest);
            for (int i = chunk.bytes().length - 1; i >= 0; i--) {
                long behind = chunk.offset() + i + 1;
                if (chunk.bytes()[i] == '\n' && behind < end && --wanted <= 0) {
                    return behind;
                }
            }
            begin = chunk.offset();
        }
        return begin;
    }

    /** The offset of the first line that begins at this time or later. */
    long since(long micros) {
        boolean inLine = false;
        for (int at = head; at < chunks.size(); at++) {
            Chunk chunk = at(at);
            byte[] bytes = chunk.bytes();
            if (chunk.micros() >= micros) {
                if (!inLine) {
                    return chunk.offset();
                }
                for (int i = 0; i < bytes.length; i++) {
                    if (bytes[i] == '\n') {
                        return chunk.offset() + i + 1;
                    }
                }
            }
            inLine = bytes[bytes.length - 1] != '\n';
        }
        return end;
    }

    /** Whether a line is known to go on at this offset. */
    boolean isInLine(long offset) {
        for (int i = chunks.size() - 1; i >= head; i--) {
            Chunk chunk = at(i);
            if (chunk.offset() < offset) {
                return chunk.end() >= offset && chunk.bytes()[(int) (offset - 1 - chunk.offset())] != '\n';
            }
        }
        return false;
    }
}
