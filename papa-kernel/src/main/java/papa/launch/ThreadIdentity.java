package papa.launch;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import papa.posix.Accounts;
import papa.posix.Attributes;
import papa.posix.Errno;
import papa.posix.Posix;

/**
 * Makes one thread act as somebody else for the moment of a launch, so that the child is that one (credentials(7)). The
 * saved numbers stay the kernel's own, as a rule, so that the thread can come back; a child cannot: its exec overwrites
 * them.
 *
 * <p>Between {@link #assume} and {@link #restore} that user may signal the thread (kill(2) goes by the real user), and the
 * memory of the whole process counts as one that may not be traced.
 */
final class ThreadIdentity {
    /** What did not work: at which stage, and the negated errno. */
    record Failure(LaunchFailure.Stage stage, int errno) {}

    private final Attributes attributes;
    private final int uid;
    private final int gid;
    private final int[] groups;
    private boolean groupsChanged;
    private boolean gidChanged;
    private boolean uidChanged;
    private boolean keepsCapabilities;

    /** Those of the calling thread that an exec would hand on to a child of another user; a kernel hardly ever has any. */
    private final List<Integer> ambient;

    private boolean ambientDropped;

    /** The kernel's own identity is taken from the calling thread. */
    ThreadIdentity(Posix posix) {
        this.attributes = posix.attributes();
        this.uid = posix.uid();
        this.gid = attributes.group();
        this.groups = attributes.groups();
        this.ambient = attributes.ambientCapabilities();
    }

    /** The kernel's own user. */
    int uid() {
        return uid;
    }

    /** Whether the limits of any process may be set, which not even every root may. */
    boolean maySetLimits() {
        return (attributes.capabilities() & (1L << Attributes.CAP_SYS_RESOURCE)) != 0;
    }

    /**
     * Null if it worked. Whatever it answers, {@link #restore} has to follow.
     *
     * @param entirely whether the saved numbers are changed, too: only then may somebody who is that user as well, and has
     *     no capability for it, set limits of the child before its exec. The way back is by capabilities then
     */
    @Nullable
    Failure assume(Identity wanted, boolean entirely) {
        if (wanted.uid() == Accounts.NOBODY || wanted.gid() == Accounts.NOBODY) {
            // The system would take it for "as it is". A directory of users may hold such a number by mistake.
            LaunchFailure.Stage stage =
                    wanted.uid() == Accounts.NOBODY ? LaunchFailure.Stage.USER : LaunchFailure.Stage.GROUP;
            return new Failure(stage, Errno.EINVAL.negated());
        }
        boolean ownAlready = wanted.uid() == uid && wanted.gid() == gid;
        if (ownAlready && uid != 0 && wanted.inherent()) {
            return null; // a kernel without privileges may start what runs as its own user
        }
        if (!set(wanted.groups()).equals(set(Arrays.stream(groups).boxed().toList()))) {
            int[] list = wanted.groups().stream().mapToInt(Integer::intValue).toArray();
            int done = attributes.setGroups(list);
            if (done < 0) {
                return new Failure(LaunchFailure.Stage.GROUPS, done);
            }
            groupsChanged = true;
        }
        if (wanted.gid() != gid) {
            int done = attributes.setGroup(wanted.gid(), wanted.gid(), entirely ? wanted.gid() : gid);
            if (done < 0) {
                return new Failure(LaunchFailure.Stage.GROUP, done);
            }
            gidChanged = true;
        }
        if (wanted.uid() != uid) {
            keepsCapabilities = entirely;
            int done = entirely ? attributes.keepCapabilities(true) : 0;
            done = done < 0 ? done : attributes.setUser(wanted.uid(), wanted.uid(), entirely ? wanted.uid() : uid);
            if (done < 0) {
                return new Failure(LaunchFailure.Stage.USER, done);
            }
            uidChanged = true;
            if (!ambient.isEmpty()) {
                // The machine drops them only when no number of ours is root's any more; the saved one still is.
                ambientDropped = true;
                int dropped = attributes.dropAmbientCapabilities();
                if (dropped < 0) {
                    return new Failure(LaunchFailure.Stage.USER, dropped); // it would have more power than its user
                }
            }
        }
        return null;
    }

    private static Set<Integer> set(List<Integer> numbers) {
        return new HashSet<>(numbers);
    }

    /** Comes back; false if that failed, after which this thread must never start anything again. */
    boolean restore() {
        if (uidChanged && keepsCapabilities) {
            attributes.raiseCapabilities();
        }
        boolean back = !uidChanged || attributes.setUser(uid, uid, uid) >= 0;
        uidChanged &= !back;
        boolean groupBack = !gidChanged || attributes.setGroup(gid, gid, gid) >= 0;
        gidChanged &= !groupBack;
        boolean groupsBack = !groupsChanged || attributes.setGroups(groups) >= 0;
        groupsChanged &= !groupsBack;
        if (keepsCapabilities) {
            keepsCapabilities = attributes.keepCapabilities(false) < 0;
        }
        if (ambientDropped && back) {
            ambient.forEach(attributes::raiseAmbientCapability);
            ambientDropped = false;
        }
        return !keepsCapabilities && back && groupBack && groupsBack;
    }
}
