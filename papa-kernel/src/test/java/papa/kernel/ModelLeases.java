package papa.kernel;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A model of leases: who holds which, and who may change what. A connection is an object of any kind. */
final class ModelLeases {
    static final class Lease {
        final String name;
        long epoch;
        long pid;

        @Nullable
        Object holder;

        final Set<Object> members = new HashSet<>();

        private Lease(String name, long epoch) {
            this.name = name;
            this.epoch = epoch;
        }

        String line() {
            return name + " epoch=" + epoch + " pid=" + (holder == null ? 0 : pid) + "\n";
        }

        private void release() {
            holder = null;
            members.clear();
        }
    }

    private final TreeMap<String, Lease> leases = new TreeMap<>();
    private long droppedEpoch;

    int count() {
        return leases.size();
    }

    String lines() {
        StringBuilder lines = new StringBuilder();
        leases.values().stream().map(Lease::line).sorted().forEach(lines::append);
        return lines.toString();
    }

    Optional<Lease> covering(String thing) {
        return leases.values().stream()
                .filter(each -> thing.startsWith(each.name + "."))
                .findFirst();
    }

    /** Why somebody may not do this, if so. */
    Optional<Expected> refuses(Object who, String doing, String thing) {
        return covering(thing)
                .filter(each -> each.holder != who && !each.members.contains(who))
                .map(each -> Expected.refused(
                        "cannot " + doing + " " + thing + ": it belongs to the lease " + each.name,
                        each.holder == null ? "which nobody holds now" : "held by pid " + each.pid));
    }

    Optional<Expected> refusesAny(Object who, String doing, Iterable<String> things) {
        for (String each : things) {
            if (refuses(who, doing, each).isPresent()) {
                return Optional.of(Expected.refused("cannot " + doing, "it belongs to the lease"));
            }
        }
        return Optional.empty();
    }

    /** Whether somebody holds one, or has joined one. */
    boolean isActing(Object who) {
        return leases.values().stream().anyMatch(each -> each.holder == who || each.members.contains(who));
    }

    Map<String, Lease> all() {
        return leases;
    }

    Expected take(Object who, long pid, String name) {
        Lease lease = leases.get(name);
        if (lease == null) {
            Optional<Lease> near = leases.values().stream()
                    .filter(each -> name.startsWith(each.name + ".") || each.name.startsWith(name + "."))
                    .findFirst();
            if (near.isPresent()) {
                return Expected.refused(
                        "cannot take lease " + name + ": there is a lease " + near.get().name, "within another");
            }
            lease = new Lease(name, droppedEpoch);
            leases.put(name, lease);
        }
        if (lease.holder != null) {
            return Expected.refused(
                    "cannot take lease " + name + ": held by pid " + lease.pid + " (epoch " + lease.epoch + ")");
        }
        lease.holder = who;
        lease.pid = pid;
        lease.epoch++;
        lease.members.clear();
        return Expected.ok(lease.line());
    }

    /** By somebody of process {@code pid}; a holder of another process has ended by the time of the answer. */
    Expected force(Object who, long pid, String name) {
        Lease lease = leases.get(name);
        if (lease != null && lease.holder != null) {
            if (lease.pid == pid) {
                return Expected.refused("cannot end pid " + pid + ", which holds lease " + name + ": that is who asks");
            }
            lease.release();
        }
        return take(who, pid, name);
    }

    Expected join(Object who, long pid, String name, String epoch) {
        Lease lease = leases.get(name);
        if (lease == null || lease.holder == null) {
            return Expected.refused("cannot join lease " + name + ": nobody holds it");
        }
        if (lease.pid != pid || !Long.toString(lease.epoch).equals(epoch)) {
            return Expected.refused(
                    "cannot join lease " + name + ": pid " + lease.pid + " holds it in epoch " + lease.epoch);
        }
        lease.members.add(who);
        return Expected.ok(lease.line());
    }

    Expected drop(Object who, String name) {
        Lease lease = leases.get(name);
        if (lease == null || lease.holder != who) {
            return Expected.refused("cannot drop lease " + name + ": this connection does not hold it");
        }
        leases.remove(name);
        droppedEpoch = Math.max(droppedEpoch, lease.epoch);
        return Expected.ok("");
    }

    /** A connection has gone. */
    void gone(Object who) {
        for (Lease each : leases.values()) {
            each.members.remove(who);
            if (each.holder == who) {
                each.release();
            }
        }
    }
}
