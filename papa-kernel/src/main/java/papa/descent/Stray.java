package papa.descent;

import papa.posix.Proc;
import papa.process.Incarnation;

/** One of {@link Strays}. Loop thread only. */
final class Stray {
    static final int NO_PIDFD = -1;

    /** As it was when it was found. */
    final Proc.Stat stat;

    final Incarnation owner;

    /** By which its end is noticed; {@link #NO_PIDFD} while it is looked at now and then instead. */
    int pidfd = NO_PIDFD;

    Stray(Proc.Stat stat, Incarnation owner) {
        this.stat = stat;
        this.owner = owner;
    }
}
