package papa.descent;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import papa.loop.Chores;
import papa.loop.EventLoop;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.Proc;

/**
 * Notices that strays have ended. An eighth of the files that may be open are for their pidfds: what the kernel starts and serves needs
 * the rest. Those for whom there is none are looked at one after another, and get one when there is room. Loop thread only.
 */
final class StrayEnds {
    static final int SHARE = 8;
    private static final long PAUSE_NANOS = 50_000_000L;

    /** One more pause for so many: that is some percents of a processor, however many there are. */
    private static final int LOOKED_AT_A_PAUSE = 256;

    private final Posix posix;
    private final Proc proc;
    private final EventLoop loop;
    private final Chores chores;
    private final Consumer<Stray> ended;
    private final long mostPidfds;
    private final Set<Stray> lookedAt = new LinkedHashSet<>();
    private final EventLoop.Timer pause;
    private boolean looking;
    private int pidfds;

    /** @param ended told of one for whom {@link #watch} was true, and who is not watched any more */
    StrayEnds(Posix posix, Proc proc, EventLoop loop, Chores chores, Consumer<Stray> ended) {
        this.posix = posix;
        this.proc = proc;
        this.loop = loop;
        this.chores = chores;
        this.ended = ended;
        this.pause = loop.timer(this::lookAtAll);
        long[] limit = new long[2];
        boolean known = posix.fileLimit(limit) >= 0;
        long most = limit[0] < 0 ? Long.MAX_VALUE : limit[0]; // below 0 is infinity, getrlimit(2)
        this.mostPidfds = known ? most / SHARE : 0;
    }

    /**
     * Begins to.
     *
     * @return false if it has ended already; what cannot be told has not
     */
    boolean watch(Stray stray) {
        int pid = stray.stat.pid();
        // Not by the file that is spared for looking at /proc: this one stays open.
        int pidfd = pidfds < mostPidfds ? posix.pidfdOpen(pid) : Errno.EMFILE.negated();
        boolean runs = proc.stat(pid)
                .filter(now -> now.isSame(stray.stat) && !now.hasEnded())
                .isPresent();
        if (!runs && !proc.isBlind()) {
            close(pidfd);
            return false;
        }
        if (pidfd >= 0 && runs) {
            pidfds++;
            stray.pidfd = pidfd;
            loop.addForCertain(
                    pidfd,
                    Posix.EPOLLIN,
                    events -> over(stray),
                    () -> "the end of what " + stray.owner.spec.name() + " left");
        } else {
            close(pidfd);
            lookedAt.add(stray);
            lookLater();
        }
        return true;
    }

    private void close(int pidfd) {
        if (pidfd >= 0) {
            proc.close(pidfd);
        }
    }

    private void over(Stray stray) {
        loop.remove(stray.pidfd);
        proc.close(stray.pidfd);
        stray.pidfd = Stray.NO_PIDFD;
        pidfds--;
        ended.accept(stray);
    }

    private void lookLater() {
        if (!looking && !pause.isSet() && !lookedAt.isEmpty()) {
            pause.set(PAUSE_NANOS * (1 + lookedAt.size() / LOOKED_AT_A_PAUSE));
        }
    }

    private void lookAtAll() {
        looking = true; // before it begins: one that is short is over when begin returns
        if (!chores.begin(new Walk())) {
            looking = false;
            lookLater();
        }
    }

    private final class Walk implements Chores.Chore {
        private final Iterator<Stray> left = List.copyOf(lookedAt).iterator();

        @Override
        public boolean goOn(Chores.Budget budget) {
            while (left.hasNext()) {
                if (!budget.spend()) {
                    return false;
                }
                Stray stray = left.next();
                lookedAt.remove(stray);
                if (!watch(stray)) {
                    ended.accept(stray);
                }
            }
            end();
            return true;
        }

        private void end() {
            looking = false;
            lookLater();
        }

        @Override
        public void failed(Throwable fault) {
            end();
        }
    }
}
