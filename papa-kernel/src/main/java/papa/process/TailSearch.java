package papa.process;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import papa.posix.Posix;

/**
 * Finds where the last lines or bytes of one process begin, all its streams taken together in the order of capture. A
 * line stands where it ends; the end of a stream without a line feed counts as a line. It goes backwards, no farther than
 * it has to, and rests when it has looked at enough for one turn. Loop thread only.
 */
public final class TailSearch {
    /** What looking at a chunk costs besides its bytes, in bytes. */
    private static final int COST_OF_A_CHUNK = 64;

    /** One stream: everything from {@link #begin} on is wanted. */
    public static final class Lane {
        public final Capture capture;
        public final long end;
        public long begin;
        private final Backwards at;
        private boolean standing;
        private boolean atLastByte = true;

        /** Whether a line is wanted whose beginning is not found yet. */
        private boolean open;

        private Lane(Capture capture) {
            this.capture = capture;
            this.end = capture.end();
            this.begin = end;
            this.at = new Backwards(capture);
            this.standing = at.step();
        }

        private void step() {
            standing = at.step();
            if (!standing) {
                reachedOldest();
            }
        }

        private void reachedOldest() {
            standing = false;
            begin = open ? Math.min(end, capture.base()) : begin;
            open = false;
        }
    }

    private final Posix posix;
    private final byte[] scratch;
    private final boolean inLines;
    private final List<Lane> lanes = new ArrayList<>(2);
    private long wanted;

    /**
     * @param wanted so many lines, or bytes
     * @param scratch room for the bytes of a chunk
     */
    public TailSearch(Posix posix, byte[] scratch, List<Capture> captures, boolean inLines, long wanted) {
        this.posix = posix;
        this.scratch = scratch;
        this.inLines = inLines;
        this.wanted = wanted;
        captures.forEach(each -> lanes.add(new Lane(each)));
    }

    /** Looks at about so many bytes; what is left of them, or less than zero if it has not found all yet. */
    public long look(long budget) {
        long left = budget;
        for (Lane lane = next(); lane != null; lane = next()) {
            if (left < 0) {
                return left;
            }
            if (!lane.at.isHeld()) {
                lane.reachedOldest();
            } else if (inLines) {
                left -= COST_OF_A_CHUNK + lane.at.length();
                findLines(lane);
            } else {
                left -= COST_OF_A_CHUNK;
                takeBytes(lane);
            }
        }
        return Math.max(0, left);
    }

    public List<Lane> lanes() {
        return lanes;
    }

    /** The stream whose chunk is the newest not looked at; null once nothing more is wanted. */
    private @Nullable Lane next() {
        Lane newest = null;
        for (Lane lane : lanes) {
            if (lane.standing && !lane.at.isHeld()) {
                return lane; // to be taken off
            }
            boolean useful = lane.standing && (wanted > 0 || lane.open);
            if (useful && (newest == null || lane.at.rank() > newest.at.rank())) {
                newest = lane;
            }
        }
        return newest;
    }

    private void findLines(Lane lane) {
        Backwards at = lane.at;
        int length = at.length();
        int least = (int) Math.max(0, lane.capture.base() - at.start());
        posix.getBytes(at.bytes(), scratch, 0, length);
        for (int i = length - 1; i >= least && (wanted > 0 || lane.open); i--) {
            boolean lineEnds = scratch[i] == '\n';
            if (lineEnds && lane.open) {
                lane.begin = at.start() + i + 1;
                lane.open = false;
            }
            if ((lineEnds || lane.atLastByte) && wanted > 0) {
                wanted--;
                lane.open = true;
            }
            lane.atLastByte = false;
        }
        lane.step();
    }

    private void takeBytes(Lane lane) {
        long start = Math.max(lane.at.start(), lane.capture.base());
        long end = lane.at.start() + lane.at.length();
        long taken = Math.min(wanted, end - start);
        lane.begin = end - taken;
        wanted -= taken;
        lane.step();
    }
}
