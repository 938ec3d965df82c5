package papa.kernel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import papa.process.Arena;
import papa.process.Incarnation;
import papa.request.Refusal;
import papa.wire.Limit;

/** All who read output and events, and who is told what becomes of a process. Loop thread only. */
final class Readers {
    /** The most streams that all tails together read. */
    static final int MOST_TAILED = 32 * 1024;

    /** For who has to look at bytes: as much as one chunk can hold. */
    final byte[] scratch = new byte[Arena.BLOCK];

    private final List<Follower> followers = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private final Set<Tail> tails = new LinkedHashSet<>();
    private final Map<Long, Incarnation> released = new HashMap<>();
    private int tailed;
    private int watched;

    void add(Follower follower, Collection<Incarnation> processes) {
        followers.add(follower);
        List.copyOf(processes).forEach(follower::consider);
    }

    void remove(Follower follower) {
        followers.remove(follower);
        follower.end();
    }

    void add(Watch watch) {
        watches.add(watch);
        watched += watch.size();
    }

    /** Passes if there is room for a watch of so many processes. */
    void demandRoomToWatch(int processes) throws Refusal {
        if (processes > Limit.WATCHED.most() - watched) {
            throw new Refusal("cannot watch " + processes + " processes: all watches together watch " + watched
                    + " already, and " + Limit.WATCHED.most() + " are the most; name fewer, or end another watch");
        }
    }

    void remove(Watch watch) {
        if (watches.remove(watch)) {
            watched -= watch.size();
            watch.end();
        }
    }

    /** Passes if there is room for a reader of so many streams. */
    void demandRoomFor(int streams) throws Refusal {
        if (streams > MOST_TAILED - tailed) {
            throw new Refusal("cannot tail " + streams + " streams: all tails together read " + tailed
                    + " already, and " + MOST_TAILED + " are the most; name fewer processes, or end another tail");
        }
    }

    void add(Tail tail) {
        tails.add(tail);
        tailed += tail.streams();
    }

    void remove(Tail tail) {
        if (tails.remove(tail)) {
            tailed -= tail.streams();
            tail.end();
        }
    }

    // For a state.

    /** Processes that are no longer among the kernel's own, and that a tail still has something to send of. */
    Collection<Incarnation> releasedButRead(LongFunction<@Nullable Incarnation> own) {
        Set<Incarnation> found = new LinkedHashSet<>();
        for (Tail tail : tails) {
            for (Tail.Tailed each : tail.left()) {
                if (own.apply(each.process.number) != each.process) {
                    found.add(each.process);
                }
            }
        }
        return found;
    }

    /** One of those is there again. */
    void releasedBefore(Incarnation process) {
        released.put(process.number, process);
    }

    /** One of those that are there again. */
    @Nullable
    Incarnation releasedBefore(long number) {
        return released.get(number);
    }

    /** All are taken up by who reads them. */
    void restored() {
        released.clear();
    }

    int followers() {
        return followers.size();
    }

    int watches() {
        return watches.size();
    }

    int tails() {
        return tails.size();
    }

    // What becomes of processes.

    void began(Incarnation process) {
        followers.forEach(each -> each.consider(process));
    }

    void ended(Incarnation process) {
        followers.forEach(each -> each.exited(process));
    }

    /** What a process left behind has gone, too. */
    void cleared(Incarnation process) {
        followers.forEach(each -> each.gone(process));
    }

    /** A pipe of the process has come to its end. */
    void outputEnded(Incarnation process) {
        followers.forEach(each -> each.outputEnded(process));
    }

    /** A process may have closed: it has ended, and so have its pipes. */
    void look(Incarnation process) {
        List.copyOf(watches).forEach(each -> each.look(process));
        tails.forEach(each -> each.look(process));
    }

    void released(Incarnation process) {
        followers.forEach(each -> each.released(process));
        List.copyOf(watches).forEach(each -> each.released(process));
        tails.forEach(each -> each.look(process));
    }
}
