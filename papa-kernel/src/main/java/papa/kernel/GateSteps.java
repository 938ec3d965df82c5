package papa.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import papa.posix.Errno;
import papa.posix.Posix;

/** What a spec asks for that has to be done to the child while it waits at the {@link Gate}. */
final class GateSteps {
    private final Posix posix;
    private final Gate gate;
    private final FileLimitTurn fileLimit;
    private final ThreadIdentity gatekeeper;
    private volatile boolean broken;

    /** The steps themselves are taken by the gatekeeper's thread. */
    GateSteps(Posix posix, Gate gate, FileLimitTurn fileLimit) {
        this.posix = posix;
        this.gate = gate;
        this.fileLimit = fileLimit;
        this.gatekeeper = new ThreadIdentity(posix);
    }

    /** Whether the gatekeeper could not come back from the identity of a child. */
    boolean isBroken() {
        return broken;
    }

    /** In the order in which they are taken; empty if the child need not wait. */
    List<Gate.Step> of(LaunchOrder order, @Nullable Identity identity) {
        ChildAttributes attributes = order.spec().attributes();
        if (attributes.equals(ChildAttributes.NONE)) {
            return List.of();
        }
        List<Gate.Step> steps = new ArrayList<>();
        ControlGroup group = order.controlGroup();
        if (group != null) {
            steps.add(new Gate.Step(LaunchFailure.Stage.CONTROL_GROUP, group.folder, group::enter, ""));
        }
        if (attributes.listenFds()) {
            steps.add(new Gate.Step(LaunchFailure.Stage.SOCKETS, "", gate::tellPid, ""));
        }
        Integer nice = attributes.nice();
        if (nice != null) {
            steps.add(new Gate.Step(
                    LaunchFailure.Stage.NICE,
                    nice.toString(),
                    pid -> asChild(identity, () -> posix.attributes().setNice(pid, nice)),
                    "; only a kernel with CAP_SYS_NICE may go below its own"));
        }
        for (ResourceLimit limit : attributes.limits()) {
            steps.add(step(limit, identity));
        }
        return steps;
    }

    private Gate.Step step(ResourceLimit limit, @Nullable Identity identity) {
        long[] own = new long[2];
        posix.attributes().limit(posix.pid(), limit.kind().number(), own);
        String most = own[1] == ResourceLimit.INFINITY ? "infinity" : Long.toString(own[1]);
        return new Gate.Step(
                LaunchFailure.Stage.LIMIT,
                limit.kind().word() + " to " + limit.describe(),
                pid -> asChild(identity, () -> set(pid, limit, own[1])),
                "; only a kernel with CAP_SYS_RESOURCE may go beyond its own hard limit of " + most);
    }

    /** The number of open files that children get which ask for none. */
    Gate.Step fileLimit(@Nullable Identity identity) {
        return new Gate.Step(
                LaunchFailure.Stage.LIMIT, "nofile", pid -> asChild(identity, () -> fileLimit.setOn(pid)), "");
    }

    /** What we may not do to another user's process, that user may, within its limits. */
    private int asChild(@Nullable Identity identity, IntSupplier action) {
        int done = action.getAsInt();
        if (identity == null || (!Errno.EPERM.is(done) && !Errno.EACCES.is(done))) {
            return done;
        }
        try {
            return gatekeeper.assume(identity, false) == null ? action.getAsInt() : done;
        } finally {
            broken |= !gatekeeper.restore();
        }
    }

    /** Infinitely many files are more than the machine allows: as many as the kernel itself may have, then. */
    private int set(int pid, ResourceLimit limit, long ownHard) {
        int number = limit.kind().number();
        int done = posix.attributes().setLimit(pid, number, limit.soft(), limit.hard());
        boolean refused = Errno.EPERM.is(done) || Errno.EINVAL.is(done);
        if (refused && limit.kind() == ResourceLimit.Kind.NOFILE && limit.hard() == ResourceLimit.INFINITY) {
            long soft = limit.soft() == ResourceLimit.INFINITY ? ownHard : limit.soft();
            return posix.attributes().setLimit(pid, number, soft, ownHard);
        }
        return done;
    }
}
