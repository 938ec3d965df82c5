package papa.descent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import papa.loop.Chores;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.Proc;
import papa.process.Incarnation;
import papa.state.StateReader;
import papa.state.StateWriter;
import papa.wire.Frame;

/**
 * What processes leave behind that a kernel had started which was killed. They were adopted by init, or by a subreaper above
 * (prctl(2)), and so is what loses its parents below them: none of it is ever a child of this kernel. So it is looked for, when
 * something of them ends, among the children of everybody who may have adopted it, told by {@link Lineage}, and watched by pidfd.
 *
 * <pre>
 *   a process or a stray ends ─► LOOK among the children of init and of those below it, down to here ─► told what is left
 *                                  └─ somebody new: a stray, looked after until it ends
 * </pre>
 *
 * <p>Who made a session for itself and gave up both streams is known if it was below its process when that one's tree was walked: when
 * this kernel began, and before each signal to that process. Otherwise nobody can tell, nor is it seen: it is no stranger of ours.
 * Loop thread only.
 */
public final class Strays {
    /** Past this nobody more is looked after. */
    private static final int MOST = 65_536;

    /** Of a line in a state. */
    private static final String KIND = "stray";

    private static final int MOST_ANCESTORS = 256;
    private static final int INIT = 1;
    private static final long AGAIN_NANOS = 50_000_000L;

    /** @param traced whether {@link Lineage} knows of it */
    private record Told(Incarnation owner, long startTicks, int session, boolean traced) {}

    private final Proc proc;
    private final EventLoop loop;
    private final Chores chores;
    private final Lineage lineage;
    private final IntPredicate running;
    private final BiConsumer<Incarnation, Proc.Stat> grown;
    private final Consumer<Incarnation> less;
    private final int ownPid;
    private final StrayEnds ends;
    private final Map<Integer, Stray> strays = new LinkedHashMap<>();

    /** Told by a state, and not looked at yet, by pid. */
    private final Map<Integer, Told> told = new LinkedHashMap<>();

    /** Who may adopt what fosters leave: those that have, and all above them. Its children may be anybody's. */
    private final Set<Integer> reapers = new LinkedHashSet<>(Set.of(INIT));

    /** Who is above these could not be read, and is asked again. */
    private final Set<Integer> unlearned = new LinkedHashSet<>();

    /** To be told when a look that begins after now is over. */
    private List<Runnable> next = new ArrayList<>();

    private boolean looking;

    /**
     * @param running whether that is a process which is held, and not reaped yet
     * @param grown told of a process that something new is left of
     * @param less told of a process of which something that was left has ended
     */
    public Strays(
            Posix posix,
            Proc proc,
            EventLoop loop,
            Chores chores,
            Lineage lineage,
            IntPredicate running,
            BiConsumer<Incarnation, Proc.Stat> grown,
            Consumer<Incarnation> less) {
        this.proc = proc;
        this.loop = loop;
        this.chores = chores;
        this.lineage = lineage;
        this.running = running;
        this.grown = grown;
        this.less = less;
        this.ownPid = posix.pid();
        this.ends = new StrayEnds(posix, proc, loop, chores, this::ended);
    }

    /**
     * {@code stray}: of, an incarnation's number; pid, start and session, as in {@link Proc.Stat}; traced, 1 where the lines of {@link
     * Lineage} count it. To be written after the processes.
     */
    public void save(StateWriter out) {
        told.forEach((pid, each) -> put(out, each.owner, pid, each.startTicks, each.session)
                .flag("traced", each.traced)
                .end());
        strays.forEach((pid, each) -> put(out, each.owner, pid, each.stat.startTicks(), each.stat.session())
                .flag("traced", true)
                .end());
    }

    private static StateWriter.Line put(StateWriter out, Incarnation owner, int pid, long startTicks, int session) {
        return out.line(KIND)
                .put("of", owner.number)
                .put("pid", pid)
                .put("start", startTicks)
                .put("session", session);
    }

    /** @param byNumber finds a process, also one that is only remembered */
    public void restoreFrom(StateReader reader, LongFunction<@Nullable Incarnation> byNumber) {
        reader.on(KIND, line -> {
            Incarnation owner = byNumber.apply(line.number("of", 1, Long.MAX_VALUE));
            int pid = line.integer("pid", 2, Integer.MAX_VALUE);
            if (owner == null || told.containsKey(pid) || !owner.leftovers.add(pid)) {
                throw line.wrong("there is no of=" + line.text("of") + ", or pid=" + pid + " was told already");
            }
            told.put(
                    pid,
                    new Told(
                            owner,
                            line.number("start", 0, Long.MAX_VALUE),
                            line.integer("session", -1, Integer.MAX_VALUE),
                            line.flag("traced")));
        });
    }

    /**
     * Takes up those that were restored, and looks for more: all at once, before anybody is told anything.
     *
     * @param fosters all that another kernel had started, also those that have ended
     */
    public void resume(Collection<Incarnation> fosters) {
        Map<Integer, Told> restored = new LinkedHashMap<>(told);
        told.clear();
        restored.forEach(this::takeUp);
        List<Incarnation> diedUnseen = new ArrayList<>();
        for (Incarnation each : fosters) {
            Optional<Proc.Stat> stat = proc.stat(each.pid);
            if (!each.reaped) {
                learn(each.pid, stat);
            } else if (!proc.isBlind() && stat.isEmpty() && each.exitCode() == Frame.Exit.UNKNOWN && each.left() == 0) {
                lineage.diedUnseen(each);
                diedUnseen.add(each);
            }
        }
        Runnable known =
                () -> diedUnseen.stream().filter(each -> each.left() == 0).forEach(lineage::forget);
        if (!fosters.isEmpty() || !strays.isEmpty()) {
            unlearned.add(ownPid); // who started us started that one, as a rule
            looking = true;
            new StrayLook(proc, new Searching(List.of())).goOn(new Chores.Budget(Integer.MAX_VALUE));
        }
        if (looking) {
            next.add(known);
        } else {
            known.run();
        }
    }

    private void takeUp(int pid, Told one) {
        one.owner.leftovers.remove(pid);
        Optional<Proc.Stat> found = proc.stat(pid);
        if (proc.isBlind()) { // as far as we know it still is there
            found = Optional.of(new Proc.Stat(pid, 'R', 0, -1, one.session, 1, one.startTicks, ""));
            unlearned.add(pid);
        }
        found = found.filter(stat -> stat.startTicks() == one.startTicks);
        if (found.isEmpty() || !add(one.owner, found.get(), one.traced)) {
            if (one.traced) {
                lineage.reaped(one.owner, one.session);
            }
            loop.post(() -> less.accept(one.owner));
        }
    }

    /** Finds out who may adopt what loses its parents below one, of whom {@link Proc} has just told. */
    private void learn(int pid, Optional<Proc.Stat> of) {
        int at = pid;
        Optional<Proc.Stat> stat = of;
        for (int i = 0; i < MOST_ANCESTORS && stat.isPresent(); i++) {
            at = stat.get().parent();
            if (at <= INIT || at == ownPid || !reapers.add(at)) {
                return;
            }
            stat = proc.stat(at);
        }
        if (stat.isEmpty() && proc.isBlind()) {
            unlearned.add(at);
        }
    }

    /** Looks for what has been left; {@code then} is told once that is known. */
    public void look(Runnable then) {
        next.add(then);
        begin();
    }

    private void begin() {
        if (looking || next.isEmpty()) {
            return;
        }
        looking = true;
        List<Runnable> waiting = next;
        next = new ArrayList<>();
        if (!chores.begin(new StrayLook(proc, new Searching(waiting)))) {
            looking = false;
            waiting.addAll(next);
            next = waiting;
            loop.after(AGAIN_NANOS, this::begin);
        }
    }

    /** Whether nothing is being looked for. */
    public boolean areIdle() {
        return !looking && next.isEmpty();
    }

    private final class Searching implements StrayLook.Searcher {
        private final ArrayDeque<Runnable> waiting;

        private Searching(Collection<Runnable> waiting) {
            this.waiting = new ArrayDeque<>(waiting);
        }

        @Override
        public Collection<Integer> parents() {
            List<Integer> again = List.copyOf(unlearned);
            unlearned.clear();
            again.forEach(pid -> learn(pid, proc.stat(pid)));
            return reapers;
        }

        @Override
        public boolean isKnown(int pid) {
            return pid == ownPid || strays.containsKey(pid) || running.test(pid);
        }

        @Override
        public boolean takeUp(Proc.Stat stat) {
            Incarnation owner = lineage.ownerOf(stat);
            // Whose number it has is another's by now, if it is not that process itself.
            return owner != null && owner.foster && owner.pid != stat.pid() && add(owner, stat, false);
        }

        @Override
        public void blind(StrayLook look) {
            loop.after(AGAIN_NANOS, () -> {
                if (!chores.begin(look)) {
                    blind(look);
                }
            });
        }

        @Override
        public void ended(boolean complete) {
            if (!complete) {
                Log.info("cannot tell all that processes have left behind: reading /proc: "
                        + Errno.of(proc.lastFailure()));
            }
            looking = false;
            while (!waiting.isEmpty()) {
                chores.post(waiting.remove());
            }
            begin();
        }
    }

    /** @param traced whether {@link Lineage} counts it already */
    private boolean add(Incarnation owner, Proc.Stat stat, boolean traced) {
        if (strays.size() >= MOST || strays.containsKey(stat.pid())) {
            return false;
        }
        Stray stray = new Stray(stat, owner);
        if (!ends.watch(stray)) {
            return false;
        }
        strays.put(stat.pid(), stray);
        owner.leftovers.add(stat.pid());
        owner.hasLeft |= owner.hasEnded();
        if (!traced) {
            lineage.adopted(owner, stat);
        }
        learn(stat.pid(), Optional.of(stat));
        grown.accept(owner, stat);
        return true;
    }

    private void ended(Stray stray) {
        strays.remove(stray.stat.pid(), stray);
        look(() -> {
            // What it has left in turn is known by now.
            if (!strays.containsKey(stray.stat.pid())) {
                stray.owner.leftovers.remove(stray.stat.pid());
            }
            lineage.reaped(stray.owner, stray.stat.session());
            less.accept(stray.owner);
        });
    }

    /** Whether it is one that was left by that process. */
    boolean isOf(Incarnation owner, Proc.Stat stat) {
        Stray stray = strays.get(stat.pid());
        return stray != null && stray.owner == owner && stray.stat.isSame(stat);
    }

    /** Those that were left by a process, as they were when they were found. */
    public List<Proc.Stat> of(Incarnation owner) {
        List<Proc.Stat> found = new ArrayList<>();
        for (int pid : owner.leftovers) {
            Stray stray = strays.get(pid);
            if (stray != null && stray.owner == owner) {
                found.add(stray.stat);
            }
        }
        return found;
    }

    /** The processes that something is left of. */
    public Set<Incarnation> owners() {
        Set<Incarnation> owners = new LinkedHashSet<>();
        told.values().forEach(each -> owners.add(each.owner));
        strays.values().forEach(each -> owners.add(each.owner));
        return owners;
    }
}
