package papa.launch;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import papa.posix.Posix;
import papa.posix.PosixException;

/**
 * The soft RLIMIT_NOFILE that children get, lower than the kernel's own. The quickest way is to lower the kernel's own for
 * the moment of a start, which is one launching thread's turn at a time; the others set it on a child that waits at a gate.
 *
 * <p>A start may hang, in a program on a file system that does not answer. Limits are copied when the child is made, so
 * {@link #raise} is called then: all that others meet is that for a moment they can open no file.
 */
final class FileLimitTurn {
    private final Posix posix;
    private final long childLimit;
    private final long[] own = new long[2];
    private final AtomicReference<@Nullable Object> turn = new AtomicReference<>();

    FileLimitTurn(Posix posix, long childLimit) throws PosixException {
        this.posix = posix;
        this.childLimit = childLimit;
        PosixException.check("read the limit of open files", posix.fileLimit(own));
    }

    /** Whether there is anything to do at all. */
    boolean isNeeded() {
        return childLimit != own[0];
    }

    boolean take(Object taker) {
        return turn.compareAndSet(null, taker);
    }

    void release(Object taker) {
        turn.compareAndSet(taker, null);
    }

    boolean isTakenBy(Object taker) {
        return turn.get() == taker;
    }

    /** Ends what {@link #take} was for, but not the turn: who has it does the same when it is through. */
    void raise() {
        posix.setFileLimit(own[0], own[1]);
    }

    /** The other way. */
    int setOn(int child) {
        return posix.attributes().setLimit(child, ResourceLimit.Kind.NOFILE.number(), childLimit, own[1]);
    }
}
