package papa.posix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * How soon this process is ended when the machine runs out of memory (proc(5), {@code oom_score_adj}), lowered for it
 * alone: while a child is being made, the score is what it was at the start. A child takes it over at its birth, so that
 * nothing that it starts at once can have ours. From any thread.
 */
final class OomScore {
    private static final String PATH = "/proc/self/oom_score_adj";
    private static final int ROOM = 16;

    /** A spawn that takes longer has its child, which waits for its exec. */
    private static final long BORN_NANOS = 1_000_000_000L;

    private final Posix posix;
    private int file = -1;
    private long atStart;
    private int atStartLength;
    private long ours;
    private int oursLength;
    private final List<Long> spawning = new ArrayList<>();

    OomScore(Posix posix) {
        this.posix = posix;
    }

    /** Lowers it to {@code wanted}, or as far as may be; a negated errno if it stays what it was. Once at most. */
    synchronized int lower(int wanted) {
        int opened = posix.open(PATH, Posix.O_RDWR, 0);
        if (opened < 0) {
            return opened;
        }
        atStart = posix.allocate(ROOM);
        ours = posix.allocate(ROOM);
        atStartLength = (int) posix.read(opened, atStart, ROOM);
        int score = atStartLength <= 0 ? wanted : number(atStart, atStartLength);
        int done = score <= wanted ? 0 : write(opened, wanted);
        if (Errno.EACCES.is(done) && score > 0) {
            done = write(opened, 0); // below its own lowest needs a privilege, back to that does not
        }
        if (done <= 0) {
            posix.close(opened);
            return done;
        }
        oursLength = done;
        file = opened;
        return 0;
    }

    /**
     * It is what it is, lowered by the program that was there before us: what is started is to have {@code childrens}. Once
     * at most, and instead of {@link #lower}.
     */
    synchronized int keep(int childrens) {
        int opened = posix.open(PATH, Posix.O_RDWR, 0);
        if (opened < 0) {
            return opened;
        }
        ours = posix.allocate(ROOM);
        oursLength = (int) posix.read(opened, ours, ROOM);
        byte[] text = Integer.toString(childrens).getBytes(StandardCharsets.US_ASCII);
        atStart = posix.allocate(ROOM);
        posix.putBytes(atStart, text, 0, text.length);
        atStartLength = text.length;
        file = opened;
        return 0;
    }

    /** What children get, into {@code score[0]}; ENOENT if nothing was lowered. */
    synchronized int childrens(int[] score) {
        if (file < 0) {
            return Errno.ENOENT.negated();
        }
        score[0] = number(atStart, atStartLength);
        return 0;
    }

    private int number(long address, int length) {
        byte[] text = new byte[length];
        posix.getBytes(address, text, 0, length);
        return Integer.parseInt(new String(text, StandardCharsets.US_ASCII).strip());
    }

    private int write(int opened, int score) {
        byte[] text = Integer.toString(score).getBytes(StandardCharsets.US_ASCII);
        posix.putBytes(ours, text, 0, text.length);
        return (int) posix.write(opened, ours, text.length);
    }

    /** A child is about to be made; to be given to {@link #afterSpawn}. */
    synchronized long beforeSpawn() {
        long now = System.nanoTime();
        if (file >= 0) {
            spawning.add(now);
            posix.write(file, atStart, atStartLength);
        }
        return now;
    }

    /** It has been, or could not be. A program that hangs in its exec does not keep the score from being lowered. */
    synchronized void afterSpawn(long begun) {
        if (file >= 0) {
            spawning.remove(begun);
            long now = System.nanoTime();
            if (spawning.stream().noneMatch(each -> now - each < BORN_NANOS)) {
                posix.write(file, ours, oursLength);
            }
        }
    }
}
