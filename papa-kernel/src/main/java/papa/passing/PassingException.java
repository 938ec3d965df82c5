package papa.passing;

import java.io.IOException;
import java.util.Set;
import papa.posix.Errno;

/** Something could not pass, and whether the next may. */
public final class PassingException extends IOException {
    private static final long serialVersionUID = 1;

    /** Of sendmsg(2) and unix(7): the socket is full, or too many descriptors are on their way. */
    private static final Set<Errno> FOR_NOW = Set.of(Errno.EAGAIN, Errno.ETOOMANYREFS, Errno.ENOBUFS);

    private final long result;

    /** @param result below zero, a negated errno */
    PassingException(String what, long result) {
        super("cannot " + what + ": " + Errno.of(result));
        this.result = result;
    }

    /** Whether the same can be sent a while later. */
    public boolean isForNow() {
        return FOR_NOW.stream().anyMatch(each -> each.is(result));
    }

    /** Whether one message has come without its descriptors, perhaps since no more files may be open here; those behind it can come. */
    public boolean isOneMessageLost() {
        return Errno.EPROTOTYPE.is(result);
    }
}
