package papa.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import papa.launch.ProcessSpec;
import papa.launch.Started;
import papa.loop.EventLoop;

/**
 * The launches under way: asked of the spawner, not told yet. What they weigh is limited, so that no flood of requests
 * eats the heap. Loop thread only.
 */
final class Launches {
    /** Past this no request is read until some are done. */
    private static final long FULL_BYTES = 4L * 1024 * 1024;

    /** How long a new holder of a lease waits for what its predecessor had asked for; a program may hang. */
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    private record Waiting(Lease lease, Runnable then) {}

    /** @param reapedNanos System.nanoTime */
    private record Unclaimed(Reaped ended, long reapedNanos) {}

    private final EventLoop loop;
    private final Runnable room;
    private final Map<String, Long> underWay = new HashMap<>();
    private final Map<Integer, Unclaimed> unclaimed = new HashMap<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private Runnable told = () -> {};
    private long bytes;

    /** @param room told when there is room again after there was none */
    Launches(EventLoop loop, Runnable room) {
        this.loop = loop;
        this.room = room;
    }

    /** Has a listener told of every launch, when it has been: a child may have been made. */
    void onTold(Runnable listener) {
        told = listener;
    }

    int count() {
        return underWay.size();
    }

    boolean none() {
        return underWay.isEmpty();
    }

    boolean isFull() {
        return bytes >= FULL_BYTES;
    }

    /** Whether one of that name is under way. */
    boolean has(String name) {
        return underWay.containsKey(name);
    }

    void begin(ProcessSpec spec) {
        underWay.put(spec.name(), spec.bytes());
        bytes += spec.bytes();
    }

    /** The launch of that name has been told. */
    void done(String name) {
        boolean wasFull = isFull();
        Long weight = underWay.remove(name);
        bytes -= weight == null ? 0 : weight;
        if (none()) {
            unclaimed.clear();
        }
        told.run();
        List.copyOf(waiting).forEach(this::letGoIfDone);
        if (wasFull && !isFull()) {
            room.run();
        }
    }

    /**
     * Runs {@code then} once all launches under a lease are told, or have taken too long: who takes the lease from one that
     * died then finds in the list whatever that one had begun.
     */
    void whenNoneUnder(Lease lease, Runnable then) {
        Waiting entry = new Waiting(lease, then);
        waiting.add(entry);
        letGoIfDone(entry);
        if (waiting.contains(entry)) {
            loop.after(PATIENCE_NANOS, () -> letGo(entry));
        }
    }

    private void letGoIfDone(Waiting entry) {
        if (!anyUnder(entry.lease())) {
            letGo(entry);
        }
    }

    boolean anyUnder(Lease lease) {
        return underWay.keySet().stream().anyMatch(lease::covers);
    }

    private void letGo(Waiting entry) {
        if (waiting.remove(entry)) {
            entry.then().run();
        }
    }

    /** An unknown child has ended: perhaps one whose launch is not told yet. */
    void keepStatus(int pid, Reaped ended) {
        if (!none()) {
            unclaimed.put(pid, new Unclaimed(ended, System.nanoTime()));
        }
    }

    /**
     * How a child ended before its launch was told; null if it did not. What was reaped before it was
     * made was another's of the same number: one whose program could not be executed, say.
     */
    @Nullable
    Reaped claimStatus(Started started) {
        Unclaimed found = unclaimed.remove(started.pid());
        return found == null || found.reapedNanos() - started.startedNanos() < 0 ? null : found.ended();
    }

    /** A child that was killed before its program ran has been reaped, or will be: nobody asks for its status. */
    void dropStatus(int pid) {
        unclaimed.remove(pid);
    }
}
