package papa.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import papa.posix.Proc;

/**
 * Lists processes and what descends from them, from the roots downwards, as much at a time as there is a budget for.
 * Parents come before their children. What has ended and is only not reaped yet is passed over, but not its threads.
 *
 * <p>A process is told by its pid and its start time. A child counts if it names its parent, and the parent is still who
 * it was when its children have been read: so nobody gets in by taking the number of one that ended. Loop thread only.
 */
final class TreeWalk {
    /** More than this are not listed. */
    static final int MOST = 65_536;

    private final Proc proc;
    private final int ownPid;
    private final Iterator<Integer> roots;
    private final Predicate<Proc.Stat> isRoot;
    private final Predicate<Proc.Stat> isParent;
    private final Consumer<Proc.Stat> beforeChildren;
    private final ArrayDeque<Proc.Stat> next = new ArrayDeque<>();
    private final LinkedHashMap<Integer, Proc.Stat> found = new LinkedHashMap<>();

    /** Whose children are being read; there may be many. */
    private Proc.@Nullable Stat parent;

    private Iterator<Integer> children = Collections.emptyIterator();

    /**
     * @param roots pids to begin with, which may have passed on to others
     * @param isRoot asked of each of those: whether it still is who was meant
     * @param isParent whether the children of one that was found are looked for
     * @param beforeChildren is given each process before its children are read
     */
    TreeWalk(
            Proc proc,
            int ownPid,
            Collection<Integer> roots,
            Predicate<Proc.Stat> isRoot,
            Predicate<Proc.Stat> isParent,
            Consumer<Proc.Stat> beforeChildren) {
        this.proc = proc;
        this.ownPid = ownPid;
        this.roots = List.copyOf(roots).iterator();
        this.isRoot = isRoot;
        this.isParent = isParent;
        this.beforeChildren = beforeChildren;
    }

    private void add(Proc.Stat stat) {
        boolean mayBe = stat.pid() > 1 && stat.pid() != ownPid && found.size() < MOST;
        if (mayBe && found.putIfAbsent(stat.pid(), stat) == null) {
            next.add(stat);
        }
    }

    /** Goes on until the budget is spent; true at the end. */
    boolean goOn(Chores.Budget budget) {
        while (parent != null || !next.isEmpty() || roots.hasNext()) {
            if (budget.isSpent()) {
                return false;
            }
            if (parent == null && next.isEmpty()) {
                budget.spend();
                proc.stat(roots.next()).filter(isRoot).ifPresent(this::add);
                continue;
            }
            if (parent != null) {
                readChildren(parent, budget);
                continue;
            }
            budget.spend();
            Proc.Stat stat = next.remove();
            beforeChildren.accept(stat);
            if (isParent.test(stat)) {
                parent = stat;
                children = proc.children(stat).iterator();
            }
        }
        return true;
    }

    private void readChildren(Proc.Stat of, Chores.Budget budget) {
        List<Proc.Stat> some = new ArrayList<>();
        while (children.hasNext() && budget.spend()) {
            proc.stat(children.next())
                    .filter(child -> child.parent() == of.pid())
                    .ifPresent(some::add);
        }
        boolean stillIt =
                some.isEmpty() || proc.stat(of.pid()).filter(of::isSame).isPresent();
        if (stillIt) {
            some.forEach(this::add);
        }
        if (!children.hasNext() || !stillIt) {
            parent = null;
        }
    }

    /** All that runs, the roots too, parents first. */
    List<Proc.Stat> found() {
        return found.values().stream().filter(each -> !each.hasEnded()).toList();
    }

    boolean isFull() {
        return found.size() >= MOST;
    }
}
