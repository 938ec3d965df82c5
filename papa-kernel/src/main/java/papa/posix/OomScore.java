package papa.posix;

import java.nio.charset.StandardCharsets;

/**
 * How soon this process is ended when the machine runs out of memory (proc(5), {@code oom_score_adj}), lowered for it
 * alone: while a child is being made, the score is what it was at the start. A child takes it over at its birth, so that
 * nothing that it starts at once can have ours. From any thread.
 */
final class OomScore {
    private static final String PATH = "/proc/self/oom_score_adj";
    private static final int ROOM = 16;

    private final Posix posix;
    private int file = -1;
    private long atStart;
    private int atStartLength;
    private long ours;
    private int oursLength;
    private int spawning;

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

    /** A child is about to be made. */
    synchronized void beforeSpawn() {
        if (file >= 0 && spawning++ == 0) {
            posix.write(file, atStart, atStartLength);
        }
    }

    /** It has been, or could not be. */
    synchronized void afterSpawn() {
        if (file >= 0 && --spawning == 0) {
            posix.write(file, ours, oursLength);
        }
    }
}
