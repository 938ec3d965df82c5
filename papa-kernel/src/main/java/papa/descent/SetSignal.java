package papa.descent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import papa.loop.Chores;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.Proc;
import papa.wire.SignalName;

/**
 * One signal to a set of processes.
 *
 * <pre>
 *   LIST ─ newcomers ─► SEND to them ─► LIST …  until a list had nobody new twice in a row
 * </pre>
 *
 * <p>Everybody is listed before anybody is signalled: the children of who dies of it would be found no more. Each is
 * opened (pidfd_open(2)), must then still have the start time it was listed with, and is signalled by that descriptor: a
 * number that has passed on to another process is never hit.
 *
 * <p>SIGKILL is preceded by SIGSTOP, sent to each process before its children are read: from then on it can have no more
 * (fork(2) fails while a signal waits, also in its other threads), so that what forks as fast as it can is caught.
 *
 * <p>What was started after the request is followed up only by signals that are to end or stop everything: a program that
 * answers SIGHUP by starting new children would be hit for ever. Loop thread only.
 */
public final class SetSignal implements Chores.Chore {
    private static final int MOST_ROUNDS = 100;
    private static final long MOST_NANOS = 10_000_000_000L;
    private static final List<Integer> FOLLOWING_UP = List.of(
            SignalName.KILL.number(),
            SignalName.STOP.number(),
            SignalName.TERM.number(),
            SignalName.INT.number(),
            SignalName.QUIT.number());

    /** Where the members are found. */
    interface Members {
        /** A list that is begun now. */
        TreeWalk walk(Consumer<Proc.Stat> beforeChildren);

        /** Whether one that was found is meant. */
        boolean has(Proc.Stat stat);

        /** Takes note of a list that has come to its end. */
        void walked(TreeWalk walk);
    }

    /** Told how it went. */
    public interface Done {
        /** @param pids of the processes that were reached */
        void sent(Collection<Integer> pids);

        /** @param reason begins with what went wrong, not with "cannot" */
        void failed(int count, String reason);
    }

    private final Posix posix;
    private final Proc proc;
    private final Orphans orphans;
    private final Members members;
    private final int number;
    private final Done done;
    private final long askedTicks;
    private long deadlineNanos = System.nanoTime() + MOST_NANOS;
    private final boolean followsUp;

    /** Start times of all that the signal was sent to, by pid. */
    private final Map<Integer, Long> reached = new LinkedHashMap<>();

    private final Map<Integer, Long> refusing = new HashMap<>();
    private final Map<Integer, Long> stopped = new HashMap<>();

    /** Those that are to be killed once nobody new is found. */
    private final Map<Integer, Long> held = new HashMap<>();

    private final List<Proc.Stat> toSend = new ArrayList<>();
    private int sendingAt;
    private @Nullable TreeWalk walk;

    /** What could not be read of /proc when the walk was begun: a list that misses something is no list. */
    private int unreadBefore;

    /** Whether they are only stopped yet. */
    private boolean stopping;

    private int rounds;
    private int quiet;
    private int failure;
    private boolean told;

    SetSignal(Posix posix, Proc proc, Orphans orphans, Members members, int number, boolean mayGrow, Done done) {
        this.posix = posix;
        this.proc = proc;
        this.orphans = orphans;
        this.members = members;
        this.number = number;
        this.done = done;
        long ticks = proc.nowTicks();
        this.askedTicks = ticks == 0 ? Long.MAX_VALUE : ticks; // where it cannot be told, all are meant
        this.followsUp = mayGrow && FOLLOWING_UP.contains(number);
        this.stopping = number == Posix.SIGKILL && mayGrow;
    }

    @Override
    public boolean goOn(Chores.Budget budget) {
        while (!budget.isSpent()) {
            if (sendingAt < toSend.size()) {
                budget.spend();
                send(toSend.get(sendingAt++));
            } else if (walk != null) {
                if (walk.goOn(budget)) {
                    TreeWalk ended = walk;
                    walk = null;
                    listed(ended);
                }
            } else if (quiet < 2 && !isTooMuch()) {
                budget.spend();
                rounds++;
                unreadBefore = proc.failures();
                walk = members.walk(this::beforeChildren);
            } else if (stopping) {
                goOnToKill();
            } else {
                tell();
                return true;
            }
        }
        return false;
    }

    private boolean isTooMuch() {
        return rounds >= MOST_ROUNDS || System.nanoTime() - deadlineNanos > 0;
    }

    private void beforeChildren(Proc.Stat stat) {
        if (stopping && members.has(stat) && !isIn(stopped, stat)) {
            int sent = send(stat, SignalName.STOP.number());
            if (sent >= 0) {
                stopped.put(stat.pid(), stat.startTicks());
            }
        }
    }

    private void listed(TreeWalk ended) {
        members.walked(ended);
        List<Proc.Stat> newcomers = new ArrayList<>();
        for (Proc.Stat stat : ended.found()) {
            boolean wanted = followsUp || stat.startTicks() <= askedTicks;
            if (wanted && members.has(stat) && !isIn(reached, stat) && !isIn(refusing, stat)) {
                newcomers.add(stat);
            }
        }
        boolean complete = proc.failures() == unreadBefore;
        if (!complete) {
            failure = proc.lastFailure();
        }
        if (stopping) {
            int before = toSend.size();
            addNew(newcomers);
            quiet = complete && toSend.size() == before ? quiet + 1 : 0;
            sendingAt = toSend.size(); // not yet
        } else {
            toSend.clear();
            sendingAt = 0;
            toSend.addAll(newcomers);
            quiet = complete && newcomers.isEmpty() ? quiet + 1 : 0;
        }
    }

    private void addNew(List<Proc.Stat> newcomers) {
        for (Proc.Stat stat : newcomers) {
            if (!isIn(held, stat)) {
                held.put(stat.pid(), stat.startTicks());
                toSend.add(stat);
            }
        }
    }

    private void goOnToKill() {
        stopping = false;
        sendingAt = 0;
        quiet = 0;
        rounds = 0;
        deadlineNanos = System.nanoTime() + MOST_NANOS;
    }

    private static boolean isIn(Map<Integer, Long> startTicks, Proc.Stat stat) {
        Long ticks = startTicks.get(stat.pid());
        return ticks != null && ticks == stat.startTicks();
    }

    private void send(Proc.Stat stat) {
        int sent = send(stat, number);
        if (sent >= 0) {
            reached.put(stat.pid(), stat.startTicks());
        } else if (Errno.EPERM.is(sent)) {
            refusing.put(stat.pid(), stat.startTicks());
            failure = sent;
        } else if (!Errno.ESRCH.is(sent)) {
            failure = sent; // tried again in the next round
        }
    }

    private int send(Proc.Stat stat, int signal) {
        int pidfd = proc.pidfdOpen(stat.pid());
        if (pidfd < 0) {
            // Our own children keep their numbers until they are reaped, which happens on this thread.
            boolean ours = !Errno.ESRCH.is(pidfd) && orphans.knows(stat.pid());
            return ours ? posix.kill(stat.pid(), signal) : pidfd;
        }
        Optional<Proc.Stat> now = proc.stat(stat.pid());
        boolean same = now.filter(stat::isSame).isPresent();
        int sent = same ? posix.pidfdSignal(pidfd, signal) : Errno.ESRCH.negated();
        proc.close(pidfd);
        return sent;
    }

    private void tell() {
        told = true;
        if (!stopped.isEmpty()) {
            goOnWhoIsLeft();
        }
        if (quiet < 2) {
            String reason = failure < 0 && !Errno.EPERM.is(failure)
                    ? Errno.of(failure)
                    : "new processes come faster than they are found";
            done.failed(reached.size(), reason);
        } else if (!refusing.isEmpty()) {
            done.failed(
                    reached.size(),
                    refusing.size() + (refusing.size() == 1 ? " process is" : " processes are") + " another user's: "
                            + Errno.of(failure));
        } else {
            done.sent(List.copyOf(reached.keySet()));
        }
    }

    /** Nobody is left stopped that could not be killed. */
    private void goOnWhoIsLeft() {
        stopped.forEach((pid, ticks) -> {
            if (!ticks.equals(reached.get(pid))) {
                proc.stat(pid)
                        .filter(stat -> stat.startTicks() == ticks)
                        .ifPresent(stat -> send(stat, SignalName.CONT.number()));
            }
        });
    }

    @Override
    public void failed(Throwable fault) {
        if (!told) {
            done.failed(reached.size(), "the kernel made a mistake: " + fault);
        }
    }
}
