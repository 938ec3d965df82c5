package papa.socket;

import papa.posix.Errno;
import papa.request.Refusal;
import papa.wire.Words;

/** A socket that could not be made: told in papa's words before hello, in ours after it. */
public final class SocketFailure extends Refusal {
    private static final long serialVersionUID = 1;

    /** @param papas what papa would say */
    public SocketFailure(SocketSpec spec, String papas, String ours) {
        super(spec.papas() ? papas : "cannot make socket " + Words.text(spec.name()) + ours);
    }

    /**
     * A system call failed.
     *
     * @param step what was being done, for a sentence: {@code listening}
     * @param errno negated, as {@link papa.posix.Posix} returns it
     */
    public SocketFailure(SocketSpec spec, String step, int errno, String hint) {
        this(spec, Errno.python(errno), ": " + step + ": " + Errno.of(errno) + hint);
    }
}
