package papa.kernel;

import static papa.kernel.FaultScenario.*;
import static papa.kernel.FaultTable.Outcome.*;
import static papa.posix.Errno.*;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import papa.posix.Errno;

/**
 * What may fail, how, and what a client is to see of it: for every method of the seam ({@link FaultyPosix#methods}). A row
 * for certain scenarios stands in place of the one for all.
 */
final class FaultTable {
    /** What is to become of that which was asked for. */
    enum Outcome {
        /** It was done all the same, perhaps later. */
        DONE,
        /** Refused, with the errno's own words. */
        TOLD,
        /** Refused, for a reason that the failure leads to. */
        REFUSED,
        /** The connection was ended, and no other. */
        CLOSED
    }

    /**
     * @param scenarios where it is said of; none for all
     * @param costsAThread whether the kernel may keep some descriptors, a bounded number of times
     */
    record Row(
            String method,
            List<Errno> errnos,
            Set<Outcome> outcomes,
            List<FaultScenario> scenarios,
            boolean costsAThread) {}

    private static final List<Row> ROWS = new ArrayList<>();

    /** Called, but without a failure that it could answer. */
    static final Set<String> NEVER_FAIL = Set.of(
            "free",
            "getInt",
            "putInt",
            "getLong",
            "putLong",
            "getBytes",
            "putBytes",
            "copy",
            "clear",
            "pid",
            "uid",
            "fileMask",
            "peekEnded",
            "attributes",
            "signals",
            "program",
            "socketQuestions",
            "accounts",
            "attributes.group",
            "attributes.groups",
            "attributes.threadId",
            "attributes.ambientCapabilities");

    /** Not called by any of the scenarios, and why. */
    static final Map<String, String> NOT_HERE = Map.ofEntries(
            Map.entry(
                    "redirect",
                    "only a kernel in the background whose log was removed does it, to the JVM's own output"),
            Map.entry(
                    "signalCalls.unblock",
                    "only papa --daemonize does it, before it waits for the papa that it has started"),
            Map.entry(
                    "signalCalls.next",
                    "no signal can wait for the test's JVM, whose threads do not block it; what fails is read again in"
                            + " the next turn"));

    private FaultTable() {}

    static {
        // Memory.
        row("allocate", of(ENOMEM), DONE, TOLD, REFUSED, CLOSED);
        row("memoryFile", of(ENOMEM, EMFILE), TOLD);
        row("memoryFile", of(ENOMEM, EMFILE), DONE, TOLD, REFUSED).in(TAKE_OVER); // what was found wrong is told
        row("mapShared", of(ENOMEM), TOLD);
        row("mapShared", of(ENOMEM), DONE, TOLD).in(TAKE_OVER); // who cannot even show that it can is not asked here
        row("discard", of(EINVAL), DONE);

        // Events.
        row("epollCreate", of(EMFILE, ENFILE, ENOMEM), TOLD);
        row("epollCreate", of(EMFILE, ENFILE, ENOMEM), DONE, TOLD).in(TAKE_OVER);
        row("epollControl", of(ENOMEM, ENOSPC), DONE);
        row("epollControl", of(ENOMEM, ENOSPC), DONE, TOLD).in(START, UPGRADE, TAKE_OVER);
        row("epollControl", of(ENOMEM, ENOSPC), DONE, CLOSED)
                .in(CONNECT, CONNECT_OVER_TCP, LEASE, COPIES, READERS, SOCKET_FOR_EACH_PROCESS);
        row("epollControl", of(ENOMEM, ENOSPC), DONE, TOLD).in(LEASE_BY_FORCE);
        row("epollWait", of(EINTR), DONE);
        row("eventfd", of(EMFILE, ENFILE, ENOMEM), DONE, TOLD);

        // Descriptors.
        row("read", of(EINTR, EAGAIN), DONE);
        row("read", of(ECONNRESET), DONE, CLOSED).in(CONNECT, CONNECT_OVER_TCP);
        row("write", of(EINTR, EAGAIN), DONE);
        row("write", of(EINTR, EAGAIN), DONE, TOLD).in(PROCESS_IN_A_CGROUP);
        row("write", of(EINTR, EAGAIN), DONE, TOLD).in(UPGRADE, TAKE_OVER);
        row("write", of(EBUSY), DONE, TOLD, CLOSED).in(PROCESS_IN_A_CGROUP);
        row("write", of(ENOBUFS), DONE, CLOSED).in(CONNECT, CONNECT_OVER_TCP);
        row("pipe", of(EMFILE, ENFILE), TOLD);
        row("close", of(EINTR, EIO), DONE);
        row("duplicate", of(EMFILE), TOLD);
        row("duplicate", of(EMFILE), DONE)
                .in(UPGRADE, TAKE_OVER); // copies for who proves that it can, which do without
        row("setNonBlocking", of(EPERM), TOLD);
        row("open", of(EMFILE, ENFILE, ENOMEM), DONE, TOLD);
        row("lock", of(EINTR, EAGAIN), TOLD, REFUSED);
        row("unlink", of(EACCES, EROFS), DONE, TOLD);
        row("makeFolder", of(EACCES, ENOSPC), DONE, TOLD);
        row("removeFolder", of(EBUSY, EACCES), DONE);
        row("truncate", of(EIO), DONE);
        row("identify(String)", of(ENOMEM, EACCES), DONE, TOLD);
        row("identify(int)", of(ENOMEM), DONE, TOLD);
        row("identify(int)", of(ENOMEM), DONE, TOLD, REFUSED).in(TAKE_OVER);
        row("pin", of(EMFILE, ENOMEM), TOLD);
        row("changeOwner", of(EPERM, EROFS), TOLD);
        row("changeMode", of(EPERM, EROFS), TOLD);

        // Sockets.
        row("socket", of(EMFILE, ENFILE, ENOBUFS), TOLD);
        row("socket", of(EMFILE, ENFILE, ENOBUFS), DONE, TOLD).in(START);
        row("socket", of(EMFILE, ENFILE, ENOBUFS), DONE).in(UPGRADE, TAKE_OVER);
        row("bind", of(EADDRINUSE, EADDRNOTAVAIL, EACCES), TOLD);
        row("bind", of(EADDRINUSE), DONE, TOLD).in(SOCKET_FOR_EACH_PROCESS); // tried again with SO_REUSEADDR
        row("connect", of(EAGAIN, EACCES), REFUSED);
        row("connect", of(EAGAIN, EACCES), DONE).in(START, UPGRADE, TAKE_OVER); // to who is notified
        row("listen", of(EADDRINUSE), TOLD);
        row("accept", of(EMFILE, ENFILE, ENOMEM, ECONNABORTED, EINTR, EAGAIN), DONE);
        row("socketName", of(ENOBUFS), TOLD);
        row("socketName", of(ENOBUFS), CLOSED).in(CONNECT_OVER_TCP);
        row("socketName", of(ENOBUFS), DONE, TOLD).in(TAKE_OVER);
        row("peerName", of(ENOBUFS), CLOSED);
        row("setSocketOption", of(ENOBUFS, EINVAL), TOLD);
        row("setSocketOption", of(ENOBUFS, EINVAL), DONE).in(CONNECT_OVER_TCP);
        row("setSocketOption", of(ENOBUFS, EINVAL), DONE, TOLD).in(START);
        row("bindToDevice", of(EPERM, ENODEV), TOLD);
        row("peerCredentials", of(ENOMEM), CLOSED);
        row("peerCredentials", of(ENOMEM), DONE).in(START); // who waits for a kernel tries again
        row("peerProcess", of(ESRCH, EMFILE), TOLD);
        row("peerProcess", of(ENOPROTOOPT), DONE).in(LEASE_BY_FORCE);

        // Processes.
        row("spawn", of(EAGAIN, ENOMEM, EACCES, E2BIG), TOLD);
        row("pidfdOpen", of(EMFILE, ENFILE, ENOMEM), DONE);
        row("pidfdSignal", of(EPERM, EAGAIN), DONE, TOLD);
        row("kill", of(EPERM), TOLD);
        row("kill", of(EPERM), DONE)
                .in(UPGRADE, TAKE_OVER); // what a program has left that was to show it can take over
        row("waitFor", of(EINTR), DONE);
        row("becomeSubreaper", of(EINVAL), TOLD);
        row("setSession", of(EPERM), DONE);
        row("lowerOomScore", of(EACCES), DONE);

        // Attributes.
        row("fileLimit", of(EFAULT), DONE, TOLD);
        row("setFileLimit", of(EPERM), DONE);
        row("unshareFileSystem", of(ENOMEM), DONE, TOLD);
        row("changeDirectory", of(ENOENT, EACCES, ENOMEM), TOLD);
        row("mayExecute", of(EACCES, ENOENT, ENOMEM), DONE, TOLD);
        // A thread that cannot come back from another's identity rests for ever, and another takes its place.
        row("attributes.setGroups", of(EPERM, ENOMEM), DONE, TOLD).costsAThread();
        row("attributes.setGroup", of(EPERM), DONE, TOLD).costsAThread();
        row("attributes.setUser", of(EPERM, EAGAIN), DONE, TOLD).costsAThread();
        row("attributes.keepCapabilities", of(EPERM), DONE, TOLD).costsAThread();
        row("attributes.raiseCapabilities", of(EPERM), DONE).costsAThread();
        row("attributes.capabilities", of(EFAULT), DONE);
        row("attributes.dropAmbientCapabilities", of(EPERM), TOLD);
        row("attributes.raiseAmbientCapability", of(EPERM), DONE);
        row("attributes.setLimit", of(EPERM, ESRCH), DONE, TOLD);
        row("attributes.limit", of(ESRCH), DONE, TOLD);
        row("attributes.setNice", of(EACCES, EPERM), DONE, TOLD);
        row("attributes.sharesOurMemory", of(EPERM, ESRCH), DONE);
        row("attributes.makeFifo", of(EACCES, ENOSPC, EROFS), TOLD);
        row("attributes.changeMode", of(EPERM, EROFS), TOLD);
        row("attributes.awaitWritersEnd", of(ENOMEM), DONE, TOLD);
        row("attributes.readAt", of(EINTR, ENOMEM), DONE);

        // Signals, and the program.
        row("signalCalls.descriptor", of(EMFILE, ENFILE), TOLD);
        row("signalCalls.awaitEnded", of(EINTR, ECHILD), DONE);
        row("programCalls.childrensOomScore", of(ENOENT), DONE);

        row("signalCalls.ignore", of(EINVAL), DONE);
        row("signalCalls.areBlocked", of(ENOMEM), DONE);
        row("signalCalls.block", of(ENOMEM), DONE);
        row("programCalls.execute", of(ENOENT, ENOMEM, E2BIG), DONE).in(START);
        row("programCalls.execute", of(ENOENT, ENOMEM, E2BIG), TOLD);
        row("programCalls.executable", of(EACCES), DONE, REFUSED);
        row("programCalls.isDirectoryRemoved", of(EACCES), DONE);
        row("programCalls.setCloseOnExec", of(EBADF), TOLD);
        row("programCalls.keepOomScore", of(EACCES), DONE);
        row("programCalls.endWithParent", of(EINVAL), DONE);
        row("closeOnExecFrom", of(EMFILE, ENOMEM), DONE, TOLD);
        row("socketQuestions.option", of(ENOTSOCK), DONE).in(START);
        row("socketQuestions.option", of(ENOBUFS), TOLD);
        row("socketQuestions.device", of(ENOBUFS), TOLD);

        // Accounts.
        row("accounts.user(String)", of(EIO, EMFILE), TOLD);
        row("accounts.user(int)", of(EIO, EMFILE), TOLD);
        row("accounts.group", of(EIO, EMFILE), TOLD);
        row("accounts.isGroup", of(EIO, EMFILE), TOLD);
        row("accounts.groupsOf", of(ENOMEM), TOLD);
    }

    private static List<Errno> of(Errno... errnos) {
        return List.of(errnos);
    }

    /** A row that has been added, and may yet be said of certain scenarios. */
    private static final class Added {
        private final int at;

        private Added(int at) {
            this.at = at;
        }

        private void in(FaultScenario... which) {
            Row row = ROWS.get(at);
            ROWS.set(at, new Row(row.method, row.errnos, row.outcomes, List.of(which), row.costsAThread));
        }

        private void costsAThread() {
            Row row = ROWS.get(at);
            ROWS.set(at, new Row(row.method, row.errnos, row.outcomes, row.scenarios, true));
        }
    }

    private static Added row(String method, List<Errno> errnos, Outcome first, Outcome... others) {
        ROWS.add(new Row(method, errnos, EnumSet.of(first, others), List.of(), false));
        return new Added(ROWS.size() - 1);
    }

    static List<Row> rows() {
        return List.copyOf(ROWS);
    }

    /** The rows that hold for a method where it is called in a scenario. */
    static List<Row> rows(String method, FaultScenario scenario) {
        List<Row> special = ROWS.stream()
                .filter(each -> each.method.equals(method) && each.scenarios.contains(scenario))
                .toList();
        return !special.isEmpty()
                ? special
                : ROWS.stream()
                        .filter(each -> each.method.equals(method) && each.scenarios.isEmpty())
                        .toList();
    }
}
