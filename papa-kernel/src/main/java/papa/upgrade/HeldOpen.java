package papa.upgrade;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import papa.posix.Posix;
import papa.posix.SpawnRequest;

/**
 * Copies of descriptors for a child that is to have them under their own numbers. The kernel goes on serving: what it closes
 * before the child is made would be missing there, or be something else by then. Loop thread only.
 */
final class HeldOpen {
    private final Posix posix;
    private final List<SpawnRequest.Inherited> inherited = new ArrayList<>();
    private final List<Integer> copies = new ArrayList<>();

    HeldOpen(Posix posix, int state, Collection<Integer> kept) {
        this.posix = posix;
        TreeSet<Integer> all = new TreeSet<>(kept);
        all.add(state);
        for (int fd : all) {
            int copy = posix.duplicate(fd, all.last() + 1);
            if (copy >= 0) {
                copies.add(copy);
            }
            inherited.add(new SpawnRequest.Inherited(copy, fd));
        }
        if (copies.size() < all.size()) { // so many cannot be open; then it has to do without
            close();
            inherited.clear();
            all.forEach(fd -> inherited.add(new SpawnRequest.Inherited(fd, fd)));
        }
    }

    /** In the order of their numbers. */
    List<SpawnRequest.Inherited> inherited() {
        return inherited;
    }

    /** To be called once the child has been made. */
    void close() {
        copies.forEach(posix::close);
        copies.clear();
    }
}
