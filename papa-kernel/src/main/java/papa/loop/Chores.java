package papa.loop;

import java.util.ArrayDeque;

/**
 * Work on many processes, done in small pieces, one turn of the loop after another, so that nobody has to wait for it.
 * What can be done within one piece is done at once. Loop thread only.
 */
public final class Chores {
    private static final int MOST = 256;

    /** About two milliseconds' worth: a process is a few reads of proc, or a signal. */
    private static final int PROCESSES_A_TURN = 64;

    /** How much may still be done in this turn. */
    public static final class Budget {
        private int left;

        public Budget(int left) {
            this.left = left;
        }

        /** False if nothing is left. */
        public boolean spend() {
            return left-- > 0;
        }

        public boolean isSpent() {
            return left <= 0;
        }
    }

    /** A piece of work. */
    public interface Chore {
        /** Does some of it; true if nothing is left to do. Returns false only when the budget is spent. */
        boolean goOn(Budget budget);

        /** It threw what it should not have, and is not gone on with. */
        void failed(Throwable fault);
    }

    private final EventLoop loop;
    private final ArrayDeque<Chore> waiting = new ArrayDeque<>();
    private int posted;

    public Chores(EventLoop loop) {
        this.loop = loop;
    }

    /** Begins; false if there are too many already. */
    public boolean begin(Chore chore) {
        if (waiting.size() >= MOST) {
            return false;
        }
        boolean idle = waiting.isEmpty();
        waiting.add(chore);
        if (idle) {
            turn();
        }
        return true;
    }

    /** Runs what somebody waits for, in a later turn: a fault of theirs is none of the work, nor of others who wait for it. */
    public void post(Runnable next) {
        posted++;
        loop.post(() -> {
            posted--;
            next.run();
        });
    }

    /** Whether there is nothing to do. */
    public boolean none() {
        return waiting.isEmpty() && posted == 0;
    }

    private void turn() {
        try {
            Budget budget = new Budget(PROCESSES_A_TURN);
            while (!budget.isSpent() && !waiting.isEmpty()) {
                goOn(waiting.element(), budget);
            }
        } finally {
            if (!waiting.isEmpty()) {
                loop.post(this::turn);
            }
        }
    }

    /** With the first that waits. */
    private void goOn(Chore first, Budget budget) {
        boolean done = true;
        try {
            done = first.goOn(budget);
        } catch (RuntimeException | Error fault) {
            Log.fault("work on a set of processes failed, and is given up", fault);
            giveUp(first, fault);
        } finally {
            waiting.remove();
            if (!done) {
                waiting.add(first);
            }
        }
    }

    private static void giveUp(Chore chore, Throwable fault) {
        try {
            chore.failed(fault);
        } catch (RuntimeException | Error another) {
            Log.fault("what follows from work that failed has failed, too", another);
        }
    }
}
