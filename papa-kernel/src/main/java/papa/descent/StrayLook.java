package papa.descent;

import java.util.ArrayDeque;
import java.util.Collection;
import papa.loop.Chores;
import papa.posix.Proc;

/**
 * One walk through the children of all who may have adopted strays.
 *
 * <pre>
 *   PASS through all children ─┬─► PASS …  until one had nobody new ─► known
 *                              └─ /proc could not be read: paused, and the same again; at last given up
 * </pre>
 *
 * Loop thread only.
 */
final class StrayLook implements Chores.Chore {
    /** The list of one's children may miss somebody while another ends: it is read again, until it has nobody new. */
    private static final int LEAST_PASSES = 2;

    private static final int MOST_PASSES = 5;
    private static final int MOST_BLIND_PASSES = 20;

    /** For whom it looks. */
    interface Searcher {
        /** Whose children are looked at in a pass that begins now. */
        Collection<Integer> parents();

        /** Whether it need not be looked at. */
        boolean isKnown(int pid);

        /** Takes it up if it is a stray; true if it was. */
        boolean takeUp(Proc.Stat stat);

        /** A pass could not read all of /proc: to be gone on with a while later. */
        void blind(StrayLook look);

        /** @param complete false if /proc could not be read for too long */
        void ended(boolean complete);
    }

    private final Proc proc;
    private final Searcher searcher;
    private final ArrayDeque<Integer> parents = new ArrayDeque<>();
    private final ArrayDeque<Integer> children = new ArrayDeque<>();
    private int passes;
    private int blindPasses;
    private boolean foundSome;

    /** What could not be read of /proc when the pass was begun. */
    private int unreadBefore;

    StrayLook(Proc proc, Searcher searcher) {
        this.proc = proc;
        this.searcher = searcher;
        this.unreadBefore = proc.failures();
    }

    @Override
    public boolean goOn(Chores.Budget budget) {
        while (!budget.isSpent()) {
            if (!children.isEmpty()) {
                consider(children.remove(), budget);
            } else if (!parents.isEmpty()) {
                budget.spend();
                proc.stat(parents.remove()).ifPresent(parent -> children.addAll(proc.children(parent)));
            } else if (proc.failures() != unreadBefore) {
                passedBlindly();
                return true;
            } else if (passes < LEAST_PASSES || (foundSome && passes < MOST_PASSES)) {
                passes++;
                foundSome = false;
                parents.addAll(searcher.parents());
            } else {
                searcher.ended(true);
                return true;
            }
        }
        return false;
    }

    /** What was not seen may be there all the same. */
    private void passedBlindly() {
        if (blindPasses++ < MOST_BLIND_PASSES) {
            passes = 0;
            unreadBefore = proc.failures();
            searcher.blind(this);
        } else {
            searcher.ended(false);
        }
    }

    private void consider(int pid, Chores.Budget budget) {
        if (!searcher.isKnown(pid)) {
            budget.spend();
            foundSome |= proc.stat(pid)
                    .filter(stat -> !stat.hasEnded())
                    .filter(searcher::takeUp)
                    .isPresent();
        }
    }

    @Override
    public void failed(Throwable fault) {
        searcher.ended(true); // it was told as what it is
    }
}
