package papa.kernel;

import java.util.ArrayList;
import java.util.List;
import papa.posix.Errno;
import papa.posix.Posix;

/** What a spec asks for that has to be done to the child while it waits at the {@link Gate}. */
final class GateSteps {
    private final Posix posix;

    GateSteps(Posix posix) {
        this.posix = posix;
    }

    /** In the order in which they are taken; empty if the child need not wait. */
    List<Gate.Step> of(ProcessSpec spec, Gate gate) {
        ChildAttributes attributes = spec.attributes();
        if (attributes.equals(ChildAttributes.NONE)) {
            return List.of();
        }
        List<Gate.Step> steps = new ArrayList<>();
        if (attributes.listenFds()) {
            steps.add(new Gate.Step(LaunchFailure.Stage.SOCKETS, "", gate::tellPid, ""));
        }
        Integer nice = attributes.nice();
        if (nice != null) {
            steps.add(new Gate.Step(
                    LaunchFailure.Stage.NICE,
                    nice.toString(),
                    pid -> posix.attributes().setNice(pid, nice),
                    "; only a kernel with CAP_SYS_NICE may go below its own"));
        }
        for (ResourceLimit limit : attributes.limits()) {
            steps.add(step(limit));
        }
        return steps;
    }

    private Gate.Step step(ResourceLimit limit) {
        long[] own = new long[2];
        posix.attributes().limit(posix.pid(), limit.kind().number(), own);
        String most = own[1] == ResourceLimit.INFINITY ? "infinity" : Long.toString(own[1]);
        return new Gate.Step(
                LaunchFailure.Stage.LIMIT,
                limit.kind().word() + " to " + limit.describe(),
                pid -> set(pid, limit, own[1]),
                "; only a kernel with CAP_SYS_RESOURCE may go beyond its own hard limit of " + most);
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
