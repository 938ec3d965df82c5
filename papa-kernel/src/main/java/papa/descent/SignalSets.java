package papa.descent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import papa.cgroup.ControlGroup;
import papa.loop.Chores;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.Proc;
import papa.process.Incarnation;

/** Who is meant by each {@link SignalSet}, and what the kernel learns from walking through their trees. Loop thread only. */
public final class SignalSets {
    private final Posix posix;
    private final Proc proc;
    private final Orphans orphans;
    private final Strays strays;
    private final Lineage lineage;
    private final Chores chores;
    private final int ownPid;

    /** Those whose leftovers are about to be walked. */
    private final Set<Incarnation> remembering = new HashSet<>();

    /** What is to be done when the tree of a process has been walked, in its order. */
    private final Map<Incarnation, List<Runnable>> onceWalked = new HashMap<>();

    public SignalSets(Posix posix, Proc proc, Orphans orphans, Strays strays, Lineage lineage, Chores chores) {
        this.posix = posix;
        this.proc = proc;
        this.orphans = orphans;
        this.strays = strays;
        this.lineage = lineage;
        this.chores = chores;
        this.ownPid = posix.pid();
    }

    /**
     * Signals a set; {@code done} is told at once or in a later turn. {@link SignalSet#PROCESS} is not for here.
     *
     * @return false if there is too much to do already
     */
    public boolean send(Incarnation process, SignalSet set, int number, SetSignal.Done done) {
        ControlGroup group = process.controlGroup;
        boolean all =
                set == SignalSet.CGROUP || set == SignalSet.TREE || (set == SignalSet.LEFTOVERS && process.reaped);
        if (group != null && all && number == Posix.SIGKILL) {
            int unread = proc.failures();
            Collection<Integer> members = List.copyOf(group.members(proc));
            if (proc.failures() == unread && group.kill() >= 0) {
                return set == SignalSet.CGROUP ? tell(done, members) : killOthers(process, group, members, done);
            }
        }
        Members tree = new Members(() -> tree(process), stat -> isRoot(process, stat), walk -> remember(process, walk));
        return switch (set) {
            case PROCESS -> throw new IllegalArgumentException("one process is no set");
            case TREE -> begin(tree, number, true, done);
            case GROUP -> sendToGroup(process, tree.only(stat -> stat.group() == process.pid), number, done);
            case CHILDREN -> begin(children(process), number, false, done);
            case LEFTOVERS ->
                begin(
                        new Members(() -> leftovers(process), stat -> isLeftover(process, stat), walk -> {
                            if (process.hasEnded()) {
                                remember(process, walk);
                            }
                        }),
                        number,
                        true,
                        done);
            case CGROUP ->
                begin(
                        new Members(() -> inGroup(process), stat -> isInGroup(process, stat), walk -> {})
                                .parents(stat -> false),
                        number,
                        true,
                        done);
        };
    }

    /**
     * Signals one child, if that is what it is.
     *
     * @return false if there is too much to do already
     */
    public boolean sendToChild(Incarnation process, int child, int number, SetSignal.Done done) {
        return begin(
                children(process).only(stat -> isChild(process, stat) && stat.pid() == child), number, false, done);
    }

    private Members children(Incarnation process) {
        return new Members(() -> itself(process), stat -> isRoot(process, stat), walk -> {})
                .parents(stat -> stat.pid() == process.pid)
                .only(stat -> isChild(process, stat));
    }

    private static boolean isChild(Incarnation process, Proc.Stat stat) {
        return stat.parent() == process.pid;
    }

    /** Whether no signal is on its way to anybody. */
    public boolean areIdle() {
        return chores.none();
    }

    private static boolean tell(SetSignal.Done done, Collection<Integer> pids) {
        done.sent(pids);
        return true;
    }

    /** All in its cgroup have been killed at once; who has been moved elsewhere by somebody has not. */
    private boolean killOthers(
            Incarnation process, ControlGroup group, Collection<Integer> killed, SetSignal.Done done) {
        Members others = new Members(() -> tree(process), stat -> isRoot(process, stat), walk -> {})
                .only(stat -> !group.holds(proc.controlGroup(stat.pid())));
        return begin(others, Posix.SIGKILL, true, new SetSignal.Done() {
            @Override
            public void sent(Collection<Integer> more) {
                List<Integer> all = new ArrayList<>(killed);
                all.addAll(more);
                done.sent(all);
            }

            @Override
            public void failed(int more, String reason) {
                done.failed(killed.size() + more, reason);
            }
        });
    }

    /** The same to all whose owner is not known. */
    public boolean sendToStrangers(int number, SetSignal.Done done) {
        return begin(
                new Members(
                        () -> orphans.strangers().stream()
                                .map(Orphans.Stranger::pid)
                                .toList(),
                        orphans::isStranger,
                        walk -> {}),
                number,
                true,
                done);
    }

    private boolean begin(Members members, int number, boolean mayGrow, SetSignal.Done done) {
        return chores.begin(new SetSignal(posix, proc, orphans, members, number, mayGrow, done));
    }

    /**
     * As long as the leader is not reaped, the group is its own, and kill(2) hits all of it at one instant. Afterwards they
     * are looked for among its descendants: nobody else can join (setpgid(2): not from another session).
     */
    private boolean sendToGroup(Incarnation process, Members members, int number, SetSignal.Done done) {
        if (process.reaped) {
            return begin(members, number, true, done);
        }
        SetSignal.Done counted = new SetSignal.Done() {
            @Override
            public void sent(Collection<Integer> pids) {
                int sent = process.reaped ? Errno.ESRCH.negated() : posix.kill(-process.pid, number);
                if (sent < 0 && !Errno.ESRCH.is(sent)) {
                    done.failed(0, Errno.of(sent));
                } else {
                    done.sent(sent >= 0 ? pids : List.of());
                }
            }

            @Override
            public void failed(int count, String reason) {
                sent(List.of(process.pid)); // only the counting failed
            }
        };
        return begin(members, 0, false, counted);
    }

    /** Walks through what is left of a process, so as to know it again when it loses its parents. */
    public void rememberLeftovers(Incarnation process) {
        if (!remembering.add(process)) {
            return;
        }
        TreeWalk walk = new TreeWalk(
                proc, ownPid, leftovers(process), stat -> isLeftover(process, stat), stat -> true, stat -> {});
        boolean begun = chores.begin(new Chores.Chore() {
            @Override
            public boolean goOn(Chores.Budget budget) {
                if (!walk.goOn(budget)) {
                    return false;
                }
                remembering.remove(process);
                remember(process, walk);
                return true;
            }

            @Override
            public void failed(Throwable fault) {
                remembering.remove(process);
            }
        });
        if (!begun) {
            remembering.remove(process);
        }
    }

    /**
     * Walks through the tree of a process that runs, so as to know its members again when they lose their parents.
     *
     * @param then follows in a later turn, in the order of the calls for that process
     */
    public void rememberTree(Incarnation process, Runnable then) {
        List<Runnable> waiting = onceWalked.get(process);
        if (waiting != null) {
            waiting.add(then);
            return;
        }
        onceWalked.put(process, new ArrayList<>(List.of(then)));
        TreeWalk walk =
                new TreeWalk(proc, ownPid, tree(process), stat -> isRoot(process, stat), stat -> true, stat -> {});
        boolean begun = chores.begin(new Chores.Chore() {
            @Override
            public boolean goOn(Chores.Budget budget) {
                if (!walk.goOn(budget)) {
                    return false;
                }
                remember(process, walk);
                walked(process);
                return true;
            }

            @Override
            public void failed(Throwable fault) {
                walked(process);
            }
        });
        if (!begun) {
            walked(process);
        }
    }

    private void walked(Incarnation process) {
        List<Runnable> waiting = onceWalked.remove(process);
        if (waiting != null) {
            waiting.forEach(chores::post);
        }
    }

    private void remember(Incarnation process, TreeWalk walk) {
        if (process.hasEnded() && process.leftovers.isEmpty()) {
            return; // told gone already
        }
        List<Proc.Stat> descendants = new ArrayList<>(orphans.of(process));
        descendants.addAll(strays.of(process));
        walk.found().stream().filter(each -> each.pid() != process.pid).forEach(descendants::add);
        lineage.walked(process, descendants);
    }

    private static List<Integer> itself(Incarnation process) {
        return process.reaped ? List.of() : List.of(process.pid);
    }

    private List<Integer> tree(Incarnation process) {
        Set<Integer> pids = new LinkedHashSet<>(itself(process));
        pids.addAll(leftovers(process));
        return List.copyOf(pids);
    }

    private List<Integer> leftovers(Incarnation process) {
        orphans.adopt(false);
        Set<Integer> pids = new LinkedHashSet<>(process.leftovers);
        if (process.reaped) {
            pids.addAll(inGroup(process));
        }
        return List.copyOf(pids);
    }

    private List<Integer> inGroup(Incarnation process) {
        return process.controlGroup == null ? List.of() : process.controlGroup.members(proc);
    }

    private boolean isRoot(Incarnation process, Proc.Stat stat) {
        return (!process.reaped && stat.pid() == process.pid) || isLeftover(process, stat);
    }

    private boolean isLeftover(Incarnation process, Proc.Stat stat) {
        return orphans.isOf(process, stat) || strays.isOf(process, stat) || isInGroup(process, stat);
    }

    private boolean isInGroup(Incarnation process, Proc.Stat stat) {
        ControlGroup group = process.controlGroup;
        return group != null && group.holds(proc.controlGroup(stat.pid()));
    }

    /** Where members are found: with which each walk begins, whose children belong to it, too, and who of all is meant. */
    private final class Members implements SetSignal.Members {
        private final Supplier<List<Integer>> roots;
        private final Predicate<Proc.Stat> isRoot;
        private final Consumer<TreeWalk> walked;
        private final Predicate<Proc.Stat> parents;
        private final Predicate<Proc.Stat> wanted;

        private Members(Supplier<List<Integer>> roots, Predicate<Proc.Stat> isRoot, Consumer<TreeWalk> walked) {
            this(roots, isRoot, walked, stat -> true, stat -> true);
        }

        private Members(
                Supplier<List<Integer>> roots,
                Predicate<Proc.Stat> isRoot,
                Consumer<TreeWalk> walked,
                Predicate<Proc.Stat> parents,
                Predicate<Proc.Stat> wanted) {
            this.roots = roots;
            this.isRoot = isRoot;
            this.walked = walked;
            this.parents = parents;
            this.wanted = wanted;
        }

        private Members parents(Predicate<Proc.Stat> which) {
            return new Members(roots, isRoot, walked, which, wanted);
        }

        private Members only(Predicate<Proc.Stat> which) {
            return new Members(roots, isRoot, walked, parents, which);
        }

        @Override
        public TreeWalk walk(Consumer<Proc.Stat> beforeChildren) {
            return new TreeWalk(proc, ownPid, roots.get(), isRoot, parents, beforeChildren);
        }

        @Override
        public boolean has(Proc.Stat stat) {
            return wanted.test(stat);
        }

        @Override
        public void walked(TreeWalk walk) {
            walked.accept(walk);
        }
    }
}
