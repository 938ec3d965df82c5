package papa.process;

import java.util.List;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/**
 * What one stream has dropped and nobody has committed: where such runs of bytes begin, and when their first byte was
 * captured. A run ends where the next one begins, the last one where the bytes held begin.
 *
 * <p>A new run begins after a reader was told of a gap, so that the next gap has times of its own, for that reader as for
 * one who starts again from what was committed. At most {@value #MOST} runs are kept apart; a time from before is told
 * then, which is still no lie: the bytes came after it. Loop thread only.
 */
final class Losses {
    static final int MOST = 8;

    /** What {@link #first} answers where nothing is known. */
    static final long UNKNOWN = -1;

    private static final long[] NONE = {};

    // Made when something is dropped: most streams never lose anything.
    private long[] starts = NONE;
    private long[] times = NONE;
    private int count;
    private boolean told;

    /** A chunk was dropped whose first uncommitted byte is {@code offset}. */
    void dropped(long offset, long timeMicros) {
        if (starts.length == 0) {
            starts = new long[MOST];
            times = new long[MOST];
        }
        if (count == 0 || (told && count < MOST)) {
            starts[count] = offset;
            times[count] = timeMicros;
            count++;
        }
        told = false;
    }

    /** A reader was told of everything up to now. */
    void told() {
        told = true;
    }

    /** {@code loss}, each: where a run begins, and when its first byte was captured; {@code gap-told}, as above. */
    void put(StateWriter.Line line) {
        for (int i = 0; i < count; i++) {
            line.tuple("loss", starts[i], times[i]);
        }
        line.flag("gap-told", told);
    }

    void restore(StateLine line) throws StateException {
        List<long[]> runs = line.tuples("loss", 2);
        if (runs.size() > MOST) {
            throw line.wrong("loss= is there more than " + MOST + " times");
        }
        for (long[] run : runs) {
            told = true; // each is a run of its own
            dropped(run[0], run[1]);
        }
        told = line.flag("gap-told");
    }

    /** Everything before {@code offset} is dealt with; {@code base} is where the bytes held begin. */
    void committed(long offset, long base) {
        if (offset >= base) {
            count = 0;
            return;
        }
        int gone = 0;
        while (gone + 1 < count && starts[gone + 1] <= offset) {
            gone++;
        }
        if (gone > 0) {
            count -= gone;
            System.arraycopy(starts, gone, starts, 0, count);
            System.arraycopy(times, gone, times, 0, count);
        }
    }

    /** When the dropped byte at {@code offset} was captured at the earliest; microseconds, or {@link #UNKNOWN}. */
    long first(long offset) {
        long time = UNKNOWN;
        for (int i = 0; i < count && starts[i] <= offset; i++) {
            time = times[i];
        }
        return time;
    }
}
