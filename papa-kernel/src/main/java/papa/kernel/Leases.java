package papa.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.wire.Limit;

/** All leases, and who may change what. Loop thread only. */
final class Leases {
    private static final int MOST = Limit.LEASES.most();

    /** Told when nobody holds a lease any more. */
    interface Ended {
        void ended(Lease lease);
    }

    private final Posix posix;
    private final EventLoop loop;
    private final Launches launches;
    private final TreeMap<String, Lease> leases = new TreeMap<>();
    private final Ended ended;

    /** The highest epoch of a lease that was dropped. */
    private long droppedEpoch;

    Leases(Posix posix, EventLoop loop, Launches launches, Ended ended) {
        this.posix = posix;
        this.loop = loop;
        this.launches = launches;
        this.ended = ended;
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
        Lease lease = prepared(session, name);
        if (lease.isHeld()) {
            throw new Refusal(
                    "cannot take lease " + name + ": held by pid " + lease.holderPid + " (epoch " + lease.epoch + ")");
        }
        lease.grant(session);
        launches.whenNoneUnder(lease, () -> reply.ok(lease.describe() + "\n"));
    }

    /** Ends the process that holds the lease, waits for its death, and grants. */
    void force(Session session, String name, Reply reply) throws Refusal {
        Lease lease = prepared(session, name);
        Session holder = lease.holder;
        if (holder == null) {
            take(session, name, reply);
            return;
        }
        int pidfd = posix.pidfdOpen(lease.holderPid);
        if (pidfd < 0 && !Errno.ESRCH.is(pidfd)) {
            throw new Refusal(
                    "cannot end pid " + lease.holderPid + ", which holds lease " + name + ": " + Errno.of(pidfd));
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
        if (pidfd < 0) {
            grant.run();
            return;
        }
        posix.pidfdSignal(pidfd, Posix.SIGKILL);
        loop.add(pidfd, Posix.EPOLLIN, events -> {
            loop.remove(pidfd);
            posix.close(pidfd);
            grant.run();
        });
    }

    private Lease prepared(Session session, String name) throws Refusal {
        if (session.peerPid() <= 0) {
            throw new Refusal("cannot take lease " + name + ": the pid of this connection's peer is not known");
        }
        Lease lease = leases.get(name);
        if (lease == null) {
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

    Lease join(Session session, String name, String epoch) throws Refusal {
        Lease lease = leases.get(name);
        if (lease == null || !lease.isHeld()) {
            throw new Refusal("cannot join lease " + name + ": nobody holds it");
        }
        if (lease.holderPid != session.peerPid() || !Long.toString(lease.epoch).equals(epoch)) {
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
        lease.release();
        leases.remove(name);
        droppedEpoch = Math.max(droppedEpoch, lease.epoch);
        ended.ended(lease);
    }

    List<String> show() {
        List<String> lines = new ArrayList<>();
        leases.values().forEach(lease -> lines.add(lease.describe()));
        return lines;
    }

    /** A connection has gone, and with it the leases that it held. */
    void gone(Session session) {
        for (Lease lease : leases.values()) {
            lease.members.remove(session);
            if (lease.holder == session) {
                lease.release();
                ended.ended(lease);
            }
        }
    }
}
