package papa.kernel;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/**
 * The right to change everything whose name begins with the lease's name and a dot. One connection holds it; others of
 * the same process may be its members. Once a name has been leased, only a holder changes what it covers, until the lease
 * is dropped.
 *
 * <p>In a state:
 *
 * <pre>
 *   lease   name, epoch
 *           holder           the connection that holds it; absent if nobody does, and so are the others
 *           holder-pid
 *           holder-process   the descriptor of that process, the very one: a pid may be another's meanwhile
 *           member           each connection that has joined
 * </pre>
 *
 * <p>A holder whose client goes while another program takes over: its connection is at its end, and that is seen. Loop thread
 * only.
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

    final Set<Session> members = new LinkedHashSet<>();

    /** What was told last of the copies that its holder has; see {@link Copies}. */
    int copiesTold;

    /** @param epoch the first grant gets the next one */
    Lease(String name, long epoch) {
        this.name = name;
        this.epoch = epoch;
    }

    void save(StateWriter out) {
        StateWriter.Line line = out.line("lease").put("name", name).put("epoch", epoch);
        Session held = holder;
        if (held != null) {
            line.put("holder", held.descriptor())
                    .put("holder-pid", holderPid)
                    .descriptor("holder-process", holderProcess);
            members.forEach(each -> line.put("member", each.descriptor()));
        }
        line.end();
    }

    /** @param connections by their descriptors */
    static Lease restore(StateLine line, Map<String, Session> connections) throws StateException {
        Lease lease = new Lease(line.text("name"), line.number("epoch", 0, Long.MAX_VALUE));
        if (line.has("holder")) {
            lease.holder = known(line, connections, line.text("holder"));
            lease.holderPid = line.integer("holder-pid", 1, Integer.MAX_VALUE);
            lease.holderProcess = line.descriptor("holder-process");
            if (lease.holderProcess < 0) {
                throw line.wrong("it has a holder without a process");
            }
            for (String each : line.all("member")) {
                lease.members.add(known(line, connections, each));
            }
        }
        return lease;
    }

    private static Session known(StateLine line, Map<String, Session> connections, String descriptor)
            throws StateException {
        Session found = connections.get(descriptor);
        if (found == null) {
            throw line.wrong("there is no connection " + descriptor);
        }
        return found;
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
