package papa.kernel;

import java.util.List;
import papa.init.Init;
import papa.posix.Errno;
import papa.request.Refusal;

/** {@code manager}: who asks is the manager of a papa that runs with --init. Loop thread only. */
final class ManagerRequest {
    private static final String CANNOT = "cannot make you the manager: ";

    private ManagerRequest() {}

    static String run(Kernel kernel, Session session, List<String> words) throws Refusal {
        if (!words.isEmpty()) {
            throw new Refusal("cannot take " + words.get(0) + ": nothing stands behind manager");
        }
        Init init = kernel.init;
        if (init == null) {
            throw new Refusal(CANNOT + "this papa runs without --init, and has none");
        }
        if (init.isEnding()) {
            throw new Refusal(CANNOT + "papa is ending");
        }
        if (session.peerPid() <= 0) {
            throw new Refusal(CANNOT + "the pid of this connection's peer is not known; ask over the Unix socket");
        }
        int process = session.openPeer();
        if (process < 0) {
            throw new Refusal(CANNOT + "pid " + session.peerPid() + " cannot be watched: " + Errno.of(process));
        }
        init.handOver(session.peerPid(), process);
        return "manager pid=" + session.peerPid() + "\n";
    }
}
