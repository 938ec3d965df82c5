package papa.loop;

import papa.posix.Bell;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.PosixException;

/**
 * Tells of children that have ended and that nobody watches by a descriptor: the adopted. That is what SIGCHLD is for; but
 * a JVM that leaves signals alone (-Xrs) has nobody who would run a handler of ours, and bash, through which we are
 * started, does not hand it on blocked. So a thread waits for any child to end, without reaping it.
 *
 * <pre>
 *   waits for an end ─► tells, and rests a moment ─► waits again
 *          └─ there is no child at all ─► rests until one may have been made
 * </pre>
 *
 * <p>It rests because what has ended is there until it is reaped, and because many ends in a row are looked at together.
 */
public final class ChildEnds {
    private static final long REST_NANOS = 20_000_000L;

    private final Posix posix;
    private final EventLoop loop;
    private final Runnable childChanged;
    private final int bell;
    private final long bellWords;
    private volatile boolean childless;

    /** @param childChanged run on the loop's thread when a child has ended, perhaps also when none has */
    public ChildEnds(Posix posix, EventLoop loop, Runnable childChanged) throws PosixException {
        this.posix = posix;
        this.loop = loop;
        this.childChanged = childChanged;
        this.bell = PosixException.check("make an eventfd", posix.eventfd(true));
        this.bellWords = posix.allocate(16);
        posix.putLong(bellWords, 1);
    }

    public void start() {
        Thread thread = new Thread(this::run, "papa-children");
        thread.setDaemon(true);
        thread.start();
    }

    /** A child has been made. Loop thread. */
    public void begun() {
        if (childless) {
            childless = false;
            ring();
        }
    }

    private void ring() {
        Bell.ring(posix, bell, bellWords);
    }

    private void run() {
        while (true) {
            int ended = posix.signals().awaitEnded();
            if (Errno.ECHILD.is(ended)) {
                childless = true;
                // Once more: one that was made before the mark was set was told to nobody.
                ended = posix.signals().awaitEnded();
            }
            if (ended > 0) {
                childless = false;
                loop.post(this::ended);
            }
            if (ended > 0 || Errno.ECHILD.is(ended)) {
                posix.read(bell, bellWords + 8, 8);
            }
        }
    }

    private void ended() {
        childChanged.run();
        loop.after(REST_NANOS, this::ring);
    }
}
