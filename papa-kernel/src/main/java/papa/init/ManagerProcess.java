package papa.init;

import papa.posix.Posix;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/** One process that is the manager, or was. Loop thread only. */
final class ManagerProcess {
    final int pid;
    /** Negative for one of ours that no descriptor could be had of. */
    final int pidfd;
    /** Whether papa started it, so that its number stays its own until it is reaped. */
    private final boolean child;

    private final long sinceNanos;
    boolean ended;

    private ManagerProcess(int pid, int pidfd, boolean child, long sinceNanos) {
        this.pid = pid;
        this.pidfd = pidfd;
        this.child = child;
        this.sinceNanos = sinceNanos;
    }

    static ManagerProcess started(int pid, int pidfd) {
        return new ManagerProcess(pid, pidfd, true, System.nanoTime());
    }

    /** One that papa did not start. */
    static ManagerProcess handedOver(int pid, int pidfd) {
        return new ManagerProcess(pid, pidfd, false, System.nanoTime());
    }

    long livedNanos() {
        return System.nanoTime() - sinceNanos;
    }

    void signal(Posix posix, int number) {
        if (pidfd >= 0) {
            posix.pidfdSignal(pidfd, number);
        } else if (child) {
            posix.kill(pid, number);
        }
    }

    /** A line {@code manager}: {@code pid=}, {@code process=} (a pidfd or -1), {@code child=1}, {@code lived=} (nanoseconds). */
    void save(StateWriter out, boolean former) {
        out.line("manager")
                .put("pid", pid)
                .descriptor("process", pidfd)
                .flag("child", child)
                .put("lived", livedNanos())
                .flag("former", former)
                .end();
    }

    static ManagerProcess restore(StateLine line) throws StateException {
        return new ManagerProcess(
                line.integer("pid", 1, Integer.MAX_VALUE),
                line.descriptor("process"),
                line.flag("child"),
                System.nanoTime() - line.number("lived", 0, Long.MAX_VALUE / 2));
    }
}
