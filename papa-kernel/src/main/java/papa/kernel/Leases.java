package papa.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.request.Refusal;
import papa.request.Reply;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Limit;

/**
 * All leases, and who may change what. In a state, besides a line for each {@link Lease}:
 *
 * <pre>
 *   leases   dropped-epoch   the highest of those that were dropped or forgotten
 * </pre>
 *
 * Loop thread only.
 */
final class Leases {
    private static final int MOST = Limit.LEASES.most();

    /** What leases are about. */
    interface Things {
        /** Nobody holds this lease any more. */
        void ended(Lease lease);

        /** Whether there is anything that it covers. */
        boolean existUnder(Lease lease);
    }

    private final Posix posix;
    private final EventLoop loop;
    private final Launches launches;
    private final TreeMap<String, Lease> leases = new TreeMap<>();
    private final Things things;

    /** The highest epoch of a lease that was dropped or forgotten: a new one goes on from there. */
    private long droppedEpoch;

    Leases(Posix posix, EventLoop loop, Launches launches, Things things) {
        this.posix = posix;
        this.loop = loop;
        this.launches = launches;
        this.things = things;
    }

    void save(StateWriter out) {
        out.line("leases").put("dropped-epoch", droppedEpoch).end();
        leases.values().forEach(each -> each.save(out));
    }

    void restore(StateLine line) throws StateException {
        droppedEpoch = line.number("dropped-epoch", 0, Long.MAX_VALUE);
    }

    void restore(StateLine line, Map<String, Session> connections) throws StateException {
        Lease lease = Lease.restore(line, connections);
        if (leases.put(lease.name, lease) != null) {
            throw line.wrong("there is one of this name already");
        }
    }

    @Nullable
    Lease covering(String thing) {
        for (Lease lease : leases.values()) {
            if (lease.covers(thing)) {
                return lease;
            }
        }
        return null;
    }

    /** Whether somebody who holds a lease attends to this name now. */
    boolean isAttended(String thing) {
        Lease lease = covering(thing);
        return lease != null && lease.isHeld();
    }

    /** Passes if no lease covers the name, or this connection acts for the one that does. */
    void demand(Session session, String doing, String thing) throws Refusal {
        Lease lease = covering(thing);
        if (lease != null && !lease.admits(session)) {
            throw new Refusal("cannot " + doing + " " + thing + ": it belongs to the lease " + lease.name
                    + (lease.isHeld()
                            ? ", held by pid " + lease.holderPid
                            : ", which nobody holds now (lease take " + lease.name + ")"));
        }
    }

    /** Grants at once; answers when all that the former holder had begun is told. */
    void take(Session session, String name, Reply reply) throws Refusal {
        int process = openProcess(session, name);
        try {
            Lease lease = prepared(name);
            if (lease.isHeld()) {
                throw new Refusal("cannot take lease " + name + ": held by pid " + lease.holderPid + " (epoch "
                        + lease.epoch + ")");
            }
            lease.grant(session, process);
            launches.whenNoneUnder(lease, () -> reply.ok(lease.describe() + "\n"));
        } catch (Refusal refusal) {
            posix.close(process);
            throw refusal;
        }
    }

    private static void demandKnownPeer(Session session, String name) throws Refusal {
        if (session.peerPid() <= 0) {
            throw new Refusal("cannot take lease " + name
                    + ": the pid of this connection's peer is not known; take it over the Unix socket");
        }
    }

    private int openProcess(Session session, String name) throws Refusal {
        demandKnownPeer(session, name);
        int process = session.openPeer();
        if (process < 0) {
            throw new Refusal("cannot take lease " + name + ": the process that opened this connection, pid "
                    + session.peerPid() + ", cannot be watched: " + Errno.of(process));
        }
        return process;
    }

    /** Ends the process that holds the lease, waits for its death, and grants. */
    void force(Session session, String name, Reply reply) throws Refusal {
        Lease lease = leases.get(name);
        Session holder = lease == null ? null : lease.holder;
        if (lease == null || holder == null) {
            take(session, name, reply);
            return;
        }
        demandKnownPeer(session, name); // before anybody is ended for it
        String cannot = "cannot end pid " + lease.holderPid + ", which holds lease " + name + ": ";
        if (lease.holderPid == session.peerPid()) {
            throw new Refusal(cannot + "that is who asks; drop it on the connection that took it");
        }
        int waited = posix.duplicate(lease.holderProcess, 0); // its own is closed with the connection
        if (waited < 0) {
            throw new Refusal(cannot + Errno.of(waited));
        }
        Runnable grant = () -> {
            holder.close("its lease was taken by force");
            if (session.isClosed()) {
                return; // it went while it waited: nobody is to hold the lease for it
            }
            try {
                take(session, name, reply);
            } catch (Refusal takenMeanwhile) {
                reply.refused(takenMeanwhile);
            }
        };
        int sent = posix.pidfdSignal(waited, Posix.SIGKILL);
        int added = sent < 0 && !Errno.ESRCH.is(sent)
                ? sent
                : loop.add(waited, Posix.EPOLLIN, events -> {
                    loop.remove(waited);
                    posix.close(waited);
                    grant.run();
                });
        if (added < 0) {
            posix.close(waited);
            throw new Refusal(cannot + Errno.of(added));
        }
    }

    private Lease prepared(String name) throws Refusal {
        Lease lease = leases.get(name);
        if (lease == null) {
            if (leases.size() >= MOST) {
                forgetIdle();
            }
            if (leases.size() >= MOST) {
                throw new Refusal("cannot take lease " + name + ": there are " + MOST + " already");
            }
            lease = new Lease(name, droppedEpoch);
            for (Lease other : leases.values()) {
                if (other.covers(name) || lease.covers(other.name)) {
                    throw new Refusal("cannot take lease " + name + ": there is a lease " + other.name
                            + ", and one may not lie within another; choose another name");
                }
            }
            leases.put(name, lease);
        }
        return lease;
    }

    /** Those that nobody holds, and that there is nothing to be kept from others by. */
    private void forgetIdle() {
        for (Lease lease : List.copyOf(leases.values())) {
            if (!lease.isHeld() && !things.existUnder(lease)) {
                forget(lease);
            }
        }
    }

    private void forget(Lease lease) {
        leases.remove(lease.name);
        droppedEpoch = Math.max(droppedEpoch, lease.epoch);
    }

    private void release(Lease lease) {
        posix.close(lease.release());
    }

    Lease join(Session session, String name, String epoch) throws Refusal {
        Lease lease = leases.get(name);
        if (lease == null || !lease.isHeld()) {
            throw new Refusal("cannot join lease " + name + ": nobody holds it");
        }
        boolean alive = !Errno.ESRCH.is(posix.pidfdSignal(lease.holderProcess, 0)); // else its pid may be another's
        if (!alive
                || lease.holderPid != session.peerPid()
                || !Long.toString(lease.epoch).equals(epoch)) {
            throw new Refusal(
                    "cannot join lease " + name + ": pid " + lease.holderPid + " holds it in epoch " + lease.epoch);
        }
        lease.members.add(session);
        return lease;
    }

    void drop(Session session, String name) throws Refusal {
        Lease lease = leases.get(name);
        if (lease == null || lease.holder != session) {
            throw new Refusal("cannot drop lease " + name + ": this connection does not hold it");
        }
        release(lease);
        forget(lease);
        things.ended(lease);
    }

    List<String> show() {
        List<String> lines = new ArrayList<>();
        leases.values().forEach(lease -> lines.add(lease.describe()));
        return lines;
    }

    /** Whether a connection holds a lease, or has joined one. */
    boolean isActing(Session session) {
        return actedFor(session).isPresent();
    }

    /** The lease that it holds, or has joined; where there are several, the first by name. */
    Optional<Lease> actedFor(Session session) {
        return leases.values().stream().filter(each -> each.admits(session)).findFirst();
    }

    /** A connection has gone, and with it the leases that it held. */
    void gone(Session session) {
        for (Lease lease : leases.values()) {
            lease.members.remove(session);
            if (lease.holder == session) {
                release(lease);
                things.ended(lease);
            }
        }
    }
}
