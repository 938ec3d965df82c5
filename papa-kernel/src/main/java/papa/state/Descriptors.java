package papa.state;

import java.util.HashSet;
import java.util.Set;
import papa.posix.Errno;
import papa.posix.Posix;

/** The descriptors that a state names: each is open, and belongs to one owner. */
final class Descriptors {
    private static final int FIRST = 3;

    private final Posix posix;
    private final Set<Integer> claimed = new HashSet<>();

    Descriptors(Posix posix) {
        this.posix = posix;
    }

    /** Takes one; why it cannot be had, or nothing. */
    String claim(int fd) {
        if (fd < FIRST) {
            return "is one of the standard streams";
        }
        int found = posix.identify(fd, new long[2]);
        if (found < 0) {
            return "is not open: " + Errno.of(found);
        }
        return claimed.add(fd) ? "" : "belongs to something else already";
    }
}
