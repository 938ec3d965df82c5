package papa.kernel;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import papa.descent.Orphans;
import papa.descent.Strays;
import papa.launch.Started;
import papa.loop.EventLoop;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.process.Incarnation;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Frame;
import papa.wire.Usage;

/**
 * Notices that processes have ended, and reaps them.
 *
 * <p>The end of a process is told only after what it left behind has been taken note of, so that its count is right; that
 * is looked up once for all that ended in one turn. Loop thread only.
 */
final class Deaths {
    private static final long TRACED_NANOS = 100_000_000L;
    private static final int REAPED_AT_ONCE = 256;

    /** While /proc cannot be read, what a process left cannot be told; but that it ended must be, at last. */
    private static final long BLIND_NANOS = 50_000_000L;

    private static final int MOST_BLIND_LOOKS = 20;

    /** Told of ends. */
    interface Listener {
        /** {@code status} as waitpid(2) gives it. */
        void ended(Incarnation process, int status);

        /** Something that it left behind has ended, or nothing may be left. */
        void lessLeft(Incarnation process);

        /** An adopted process has ended whose owner is not known. */
        void strangerEnded();
    }

    private final Posix posix;
    private final EventLoop loop;
    private final Orphans orphans;
    private final Strays strays;
    private final Launches launches;
    private final Listener listener;
    private final Map<Integer, Incarnation> running;
    private final Set<Incarnation> dying = new LinkedHashSet<>();
    private final Map<Incarnation, Integer> reaped = new LinkedHashMap<>();

    /** Those of another kernel of which it is not known yet what they have left. */
    private final Set<Incarnation> unlooked = new HashSet<>();

    private final int[] status = new int[1];
    private final long[] usage = new long[4];
    private final Set<Incarnation> lessLeft = new LinkedHashSet<>();
    private boolean strangerEnded;
    private boolean settlingLater;
    private int blindLooks;

    /** @param running those that are started and not told to have ended, by pid; kept here */
    Deaths(
            Posix posix,
            EventLoop loop,
            Orphans orphans,
            Strays strays,
            Launches launches,
            Map<Integer, Incarnation> running,
            Listener listener) {
        this.posix = posix;
        this.loop = loop;
        this.orphans = orphans;
        this.strays = strays;
        this.launches = launches;
        this.running = running;
        this.listener = listener;
    }

    /** Whether every end that was noticed has been told. */
    boolean isSettled() {
        return dying.isEmpty() && reaped.isEmpty() && lessLeft.isEmpty() && !strangerEnded;
    }

    Collection<Incarnation> running() {
        return running.values();
    }

    /**
     * On the line of a process: {@code status}, as waitpid(2) gave it, between its being reaped and its end being told;
     * {@code less-left}, if something that it left behind has ended and that is not told yet. Who has died and is not reaped
     * is found again.
     */
    void put(StateWriter.Line line, Incarnation process) {
        Integer untold = reaped.get(process);
        if (untold != null) {
            line.put("status", untold);
        }
        line.flag("less-left", lessLeft.contains(process));
    }

    void restore(StateLine line, Incarnation process) throws StateException {
        if (line.has("status")) {
            reaped.put(process, line.integer("status", Integer.MIN_VALUE, Integer.MAX_VALUE));
        }
        boolean untold = reaped.containsKey(process);
        if (untold ? process.hasEnded() || !process.reaped : process.hasEnded() != process.reaped) {
            throw line.wrong("status=, reaped= and ended= do not go together");
        }
        if (untold) {
            running.putIfAbsent(process.pid, process); // its number may be another's by now
        } else if (!process.reaped) {
            Incarnation other = running.put(process.pid, process);
            if (other != null && !other.reaped) {
                throw line.wrong("pid=" + process.pid + " is another's, too");
            }
        }
        if (line.flag("less-left")) {
            lessLeft.add(process);
        }
    }

    /** Watches those that were restored, and finds out who has ended meanwhile. */
    void resume() {
        for (Incarnation process : running.values()) {
            if (!process.reaped && process.pidfd >= 0) {
                watchPidfd(process);
            }
        }
        loop.post(this::childChanged);
    }

    /** Those of whom something is not told yet. */
    Set<Incarnation> untold() {
        Set<Incarnation> untold = new LinkedHashSet<>(reaped.keySet());
        untold.addAll(lessLeft);
        return untold;
    }

    /** A process has been started. It cannot end unnoticed from now on, until {@link #watch}. */
    void begin(Incarnation process) {
        running.put(process.pid, process);
        orphans.launched();
    }

    /** Its start has been told, so its end may be. */
    void watch(Incarnation process, Started started) {
        Reaped ended = launches.claimStatus(started);
        launches.done(process.spec.name());
        if (ended != null) {
            bury(process, ended.status(), ended.usage());
            settle();
        } else if (process.pidfd >= 0) {
            // One without a descriptor is found when SIGCHLD comes.
            watchPidfd(process);
        }
    }

    private void watchPidfd(Incarnation process) {
        loop.addForCertain(
                process.pidfd, Posix.EPOLLIN, events -> died(process), () -> "the end of " + process.spec.name());
    }

    private void died(Incarnation process) {
        loop.hurryPaced(); // its last words before its end, and the end of its pipes
        if (dying.isEmpty()) {
            loop.atEndOfTurn(this::reapDying);
        }
        dying.add(process);
        loop.remove(process.pidfd);
    }

    private void reapDying() {
        for (Incarnation process : List.copyOf(dying)) {
            int pid = process.reaped ? -1 : posix.waitFor(process.pid, status, usage);
            if (pid == 0 || Errno.EINTR.is(pid)) {
                // Somebody traces it and holds its end back: look again, but not without pause.
                loop.after(TRACED_NANOS, () -> watchAgain(process));
            } else if (!process.reaped) {
                int told = pid >= 0 ? status[0] : process.foster ? Frame.Exit.UNKNOWN_STATUS : 0;
                bury(process, told, pid < 0 ? null : used());
            }
        }
        dying.clear();
        settle();
    }

    private void watchAgain(Incarnation process) {
        if (!process.reaped) {
            watchPidfd(process);
        }
    }

    /**
     * Of who was reaped last. Its memory is known only if it is clearly more than ours, which it was a copy of before its exec; Linux counts
     * pages by thousands, so a little more says nothing.
     */
    private Usage used() {
        boolean isItsOwn = usage[2] > usage[3] + usage[3] / 8;
        return new Usage(usage[0], usage[1], usage[2], isItsOwn);
    }

    private void bury(Incarnation process, int endedWith, @Nullable Usage used) {
        loop.hurryPaced();
        process.reaped = true;
        process.usage = used;
        loop.remove(process.pidfd);
        reaped.put(process, endedWith);
        if (process.foster) {
            unlooked.add(process);
            strays.look(() -> {
                unlooked.remove(process);
                settle();
            });
        }
    }

    /** A child has changed its state: reap the adopted, and children whose descriptor is not watched. */
    void childChanged() {
        int count = 0;
        for (int pid = posix.peekEnded(); pid > 0; pid = posix.peekEnded()) {
            if (count++ == REAPED_AT_ONCE) {
                loop.post(this::childChanged);
                break;
            }
            Incarnation process = running.get(pid);
            boolean apart = process == null && orphans.apart().has(pid);
            boolean adopted = process == null && !apart && isAdopted(pid);
            int reapedNow = posix.waitFor(pid, status, usage);
            if (Errno.EINTR.is(reapedNow)) {
                loop.post(this::childChanged);
            }
            if (reapedNow != pid) {
                break;
            }
            if (process != null) {
                bury(process, status[0], used());
            } else if (apart) {
                orphans.apart().ended(pid, status[0]);
            } else if (adopted) {
                Incarnation owner = orphans.reaped(pid).orElse(null);
                noteLess(owner);
            } else {
                orphans.apart().endedEarly(pid, status[0]);
                launches.keepStatus(pid, new Reaped(status[0], used()));
            }
        }
        settle();
    }

    /** Something has ended that a process of another kernel had left behind. */
    void lessLeft(Incarnation owner) {
        lessLeft.add(owner);
        settle();
    }

    private void noteLess(@Nullable Incarnation owner) {
        if (owner == null) {
            strangerEnded = true;
        } else {
            lessLeft.add(owner);
        }
    }

    /** One that is not known is either adopted, and still stands in the list, or just started. */
    private boolean isAdopted(int pid) {
        if (!orphans.knows(pid)) {
            orphans.adopt(launches.none());
        }
        return orphans.knows(pid);
    }

    /** Tells what has been reaped, once all is known that it left behind. */
    private void settle() {
        if (reaped.isEmpty() && lessLeft.isEmpty() && !strangerEnded) {
            return;
        }
        if (!orphans.adopt(launches.none()) && (!orphans.isBlind() || blindLooks++ < MOST_BLIND_LOOKS)) {
            settleLater(orphans.isBlind() ? BLIND_NANOS : 0);
            return;
        }
        blindLooks = 0;
        for (Map.Entry<Incarnation, Integer> each : List.copyOf(reaped.entrySet())) {
            Incarnation process = each.getKey();
            if (unlooked.contains(process)) {
                continue;
            }
            reaped.remove(process);
            running.remove(process.pid, process);
            posix.close(process.pidfd);
            listener.ended(process, each.getValue());
        }
        List<Incarnation> less = List.copyOf(lessLeft);
        lessLeft.clear();
        less.forEach(listener::lessLeft);
        if (strangerEnded) {
            strangerEnded = false;
            listener.strangerEnded();
        }
    }

    private void settleLater(long delayNanos) {
        if (!settlingLater) {
            settlingLater = true;
            loop.after(delayNanos, () -> {
                settlingLater = false;
                settle();
            });
        }
    }
}
