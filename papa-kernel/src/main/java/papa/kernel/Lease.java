package papa.kernel;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The right to change everything whose name begins with the lease's name and a dot. One connection holds it; others of
 * the same process may be its members. Once a name has been leased, only a holder changes what it covers, until the lease
 * is dropped. Loop thread only.
 */
final class Lease {
    final String name;

    /** Higher with each grant. */
    long epoch;

    int holderPid;

    /** A pidfd of the process that holds it, -1 if nobody does: its number may become another's. */
    int holderProcess = -1;

    @Nullable
    Session holder;

    final Set<Session> members = new HashSet<>();

    /** @param epoch the first grant gets the next one */
    Lease(String name, long epoch) {
        this.name = name;
        this.epoch = epoch;
    }

    boolean covers(String thing) {
        return thing.length() > name.length() && thing.charAt(name.length()) == '.' && thing.startsWith(name);
    }

    boolean isHeld() {
        return holder != null;
    }

    boolean admits(Session session) {
        return session == holder || members.contains(session);
    }

    void grant(Session session, int process) {
        holder = session;
        holderProcess = process;
        holderPid = session.peerPid();
        epoch++;
        members.clear();
    }

    /** The descriptor of the process that held it, to be closed. */
    int release() {
        int process = holderProcess;
        holder = null;
        holderProcess = -1;
        members.clear();
        return process;
    }

    String describe() {
        return name + " epoch=" + epoch + " pid=" + (isHeld() ? holderPid : 0);
    }
}
