package papa.kernel;

import java.util.Collection;
import java.util.List;
import papa.descent.SetSignal;
import papa.descent.SignalSet;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Posix;
import papa.process.Incarnation;

/**
 * How the kernel ends: its processes get SIGTERM and, when the grace is over, SIGKILL; then the same for all that they left
 * behind, and what was adopted of nobody known. Loop thread only.
 *
 * <pre>
 *   PROCESSES ─ none runs ─► REST ─ nobody left, or a moment after SIGKILL ─► done
 * </pre>
 */
final class Ending {
    /** What ends of SIGKILL does so within this; what does not waits for a disk, and is left. */
    private static final long MOMENT_NANOS = 2_000_000_000L;

    private enum Phase {
        PROCESSES,
        REST,
        DONE
    }

    private static final SetSignal.Done NOBODY = new SetSignal.Done() {
        @Override
        public void sent(Collection<Integer> pids) {}

        @Override
        public void failed(int count, String reason) {
            Log.info("ending what was left behind: " + count + " reached; " + reason);
        }
    };

    private final Kernel kernel;
    private final EventLoop loop;
    private final long deadlineNanos;
    private final Runnable done;
    private Phase phase = Phase.PROCESSES;
    private final EventLoop.Timer grace;

    Ending(Kernel kernel, EventLoop loop, long graceNanos, Runnable done) {
        this.kernel = kernel;
        this.loop = loop;
        this.deadlineNanos = System.nanoTime() + graceNanos;
        this.done = done;
        this.grace = loop.after(graceNanos, () -> kernel.signalRunning(Posix.SIGKILL));
    }

    void begin() {
        kernel.signalRunning(Posix.SIGTERM);
        look();
    }

    /** Something has ended. */
    void look() {
        if (phase == Phase.PROCESSES && kernel.runsNothing()) {
            grace.cancel();
            phase = Phase.REST;
            signalRest(Posix.SIGTERM);
            if (!isOver()) {
                loop.after(Math.max(0, deadlineNanos - System.nanoTime()), this::killRest);
            }
        }
        if (phase == Phase.REST && isOver()) {
            finish();
        }
    }

    private boolean isOver() {
        return kernel.left().isEmpty() && !kernel.mustEndStrangers();
    }

    private void killRest() {
        if (phase == Phase.REST) {
            signalRest(Posix.SIGKILL);
            loop.after(MOMENT_NANOS, this::finish);
        }
    }

    private void signalRest(int number) {
        for (Incarnation process : List.copyOf(kernel.left())) {
            kernel.signalSet(process, SignalSet.LEFTOVERS, number, NOBODY);
        }
        if (kernel.mustEndStrangers()) {
            kernel.signalStrangers(number, NOBODY);
        }
    }

    private void finish() {
        if (phase != Phase.DONE) {
            phase = Phase.DONE;
            done.run();
        }
    }
}
