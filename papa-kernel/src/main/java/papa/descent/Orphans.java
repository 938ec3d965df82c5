package papa.descent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import papa.loop.Log;
import papa.posix.Posix;
import papa.posix.Proc;
import papa.process.Incarnation;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateReader;
import papa.state.StateWriter;
import papa.wire.Words;

/**
 * What the kernel has adopted. It is a subreaper (prctl(2)), so a descendant whose parent dies becomes its child: a child
 * of its first thread, while the processes it starts are children of the threads that launch. The list of the first
 * thread's children therefore holds the adopted alone; and, once an exec has put another program in the place of this one,
 * those that were started before it, which are told by their pids.
 *
 * <p>Whose they are tells {@link Lineage}. Those of whom it cannot be told are strangers: shown, and ended with the
 * kernel. What the program had for children before it became papa is neither. Loop thread only.
 */
public final class Orphans {
    /** How many newcomers are looked at in one turn; each takes a few reads. */
    private static final int NEWCOMERS_AT_ONCE = 256;

    /** How many strangers there may be of whom each is told in the log. */
    private static final int MOST_TOLD = 20;

    /** An adopted process whose owner is not known. {@code startTicks} as in {@link Proc.Stat}. */
    public record Stranger(int pid, long startTicks, String name) {}

    private record Adopted(Proc.Stat stat, @Nullable Incarnation owner) {}

    private final Proc proc;
    private final Lineage lineage;
    private final IntPredicate running;
    private final BiConsumer<Incarnation, Proc.Stat> grown;
    private final int ownPid;
    private final Map<Integer, Adopted> adopted = new LinkedHashMap<>();
    private final Set<Integer> inherited;
    private final Apart apart = new Apart();
    private int strangerCount;
    private boolean blind;

    /** Adopted, but perhaps of a process whose launch is not told yet. */
    private final Set<Integer> undecided = new HashSet<>();

    /**
     * @param running whether that is a process which the kernel has started, and not reaped yet
     * @param grown told of a process that something new is left of
     */
    public Orphans(
            Posix posix, Proc proc, Lineage lineage, IntPredicate running, BiConsumer<Incarnation, Proc.Stat> grown) {
        this.proc = proc;
        this.lineage = lineage;
        this.running = running;
        this.grown = grown;
        this.ownPid = posix.pid();
        this.inherited = new HashSet<>(proc.children(ownPid, ownPid));
    }

    /**
     * Takes note of what has been adopted since the last time. To be called once a process has ended, before its end is
     * told: its children have been adopted by then, and its session still is its own.
     *
     * @param allKnown whether every process that was started is known by now; else who is unknown may still turn out to
     *     belong to one
     * @return false if it must be called again: in another turn, since there are so many newcomers, or, where it {@link
     *     #isBlind}, a while later
     */
    public boolean adopt(boolean allKnown) {
        int unread = proc.failures();
        List<Integer> children = proc.children(ownPid, ownPid);
        blind = proc.failures() != unread;
        if (blind) {
            return false;
        }
        int looked = 0;
        for (int pid : children) {
            boolean known =
                    apart.has(pid) || (allKnown ? adopted.containsKey(pid) || inherited.contains(pid) : knows(pid));
            if (known || running.test(pid)) {
                continue;
            }
            if (looked++ == NEWCOMERS_AT_ONCE) {
                return false;
            }
            Optional<Proc.Stat> stat = proc.stat(pid);
            if (stat.isPresent() && !note(stat.get(), allKnown)) {
                undecided.add(pid);
            } else {
                undecided.remove(pid);
            }
        }
        undecided.retainAll(new HashSet<>(children));
        blind = proc.failures() != unread;
        return !blind;
    }

    /** Whether the last look failed for want of something, open files perhaps. */
    public boolean isBlind() {
        return blind;
    }

    /**
     * {@code adopted}, in the order in which they were: pid, state, parent, group, session, threads, start, name, as in
     * {@link Proc.Stat} when it was adopted; owner, an incarnation's number, not there for a stranger; left, 1 if it counts
     * among what is left of that. {@code inherited}: pid. To be written after the processes.
     */
    public void save(StateWriter out) {
        adopted.forEach((pid, entry) -> {
            Proc.Stat stat = entry.stat;
            StateWriter.Line line = out.line("adopted")
                    .put("pid", pid)
                    .put("state", String.valueOf(stat.state()))
                    .put("parent", stat.parent())
                    .put("group", stat.group())
                    .put("session", stat.session())
                    .put("threads", stat.threads())
                    .put("start", stat.startTicks())
                    .put("name", stat.name());
            if (entry.owner != null) {
                line.put("owner", entry.owner.number).flag("left", entry.owner.leftovers.contains(pid));
            }
            line.end();
        });
        inherited.forEach(pid -> out.line("inherited").put("pid", pid).end());
    }

    /**
     * What the program had for children before it became papa is told by the state as well: after an exec, everybody is a
     * child of the first thread.
     *
     * @param byNumber finds a process, also one that is only remembered
     */
    public void restoreFrom(StateReader reader, LongFunction<@Nullable Incarnation> byNumber) {
        inherited.clear();
        reader.on("inherited", line -> inherited.add(line.integer("pid", 2, Integer.MAX_VALUE)));
        reader.on("adopted", line -> {
            Proc.Stat stat = stat(line);
            Incarnation owner = line.has("owner") ? byNumber.apply(line.number("owner", 1, Long.MAX_VALUE)) : null;
            if (adopted.containsKey(stat.pid()) || (line.has("owner") && owner == null)) {
                throw line.wrong("it was adopted already, or there is no owner=" + line.text("owner", "?"));
            }
            adopted.put(stat.pid(), new Adopted(stat, owner));
            if (owner == null) {
                strangerCount++;
            } else if (line.flag("left")) {
                owner.leftovers.add(stat.pid());
            }
        });
    }

    private static Proc.Stat stat(StateLine line) throws StateException {
        String state = line.text("state");
        if (state.length() != 1) {
            throw line.wrong("state=" + state + " is not known");
        }
        return new Proc.Stat(
                line.integer("pid", 2, Integer.MAX_VALUE),
                state.charAt(0),
                line.integer("parent", 0, Integer.MAX_VALUE),
                line.integer("group", -1, Integer.MAX_VALUE), // of one that has ended there may be none
                line.integer("session", -1, Integer.MAX_VALUE),
                line.integer("threads", 0, Integer.MAX_VALUE),
                line.number("start", 0, Long.MAX_VALUE),
                line.text("name"));
    }

    /** Children, or processes that may become children, that are nobody's here. */
    public Apart apart() {
        return apart;
    }

    /** A launch has been told: some of whom nobody was known to own may be its. */
    public void launched() {
        undecided.clear();
    }

    private boolean note(Proc.Stat stat, boolean allKnown) {
        int unread = proc.failures();
        Incarnation owner = lineage.ownerOf(stat);
        if (owner != null) {
            adopted.put(stat.pid(), new Adopted(stat, owner));
            if (!stat.hasEnded()) {
                owner.leftovers.add(stat.pid());
                lineage.adopted(owner, stat);
                grown.accept(owner, stat);
            }
            return true;
        }
        if (!allKnown || proc.failures() != unread) {
            return false;
        }
        adopted.put(stat.pid(), new Adopted(stat, null));
        strangerCount++;
        if (!stat.hasEnded() && strangerCount <= MOST_TOLD) {
            Log.info("adopted pid " + stat.pid() + " (" + Words.text(stat.name())
                    + "), which made a session for itself and closed its output: nobody can tell whose it was"
                    + (mayEndStrangers() ? "; it is ended with papa" : "")
                    + (strangerCount == MOST_TOLD ? "; while there are so many, stats alone counts them" : ""));
        }
        return true;
    }

    /** Whether it is one of the adopted that have been taken note of. */
    public boolean knows(int pid) {
        return adopted.containsKey(pid) || undecided.contains(pid) || inherited.contains(pid);
    }

    /** One of those has ended and been reaped; its owner, which may have nothing left now, if it is known. */
    public Optional<Incarnation> reaped(int pid) {
        undecided.remove(pid);
        inherited.remove(pid);
        Adopted entry = adopted.remove(pid);
        if (entry == null) {
            return Optional.empty();
        }
        if (entry.owner == null) {
            strangerCount--;
            return Optional.empty();
        }
        if (entry.owner.leftovers.remove(pid)) {
            lineage.reaped(entry.owner, entry.stat.session());
        }
        return Optional.of(entry.owner);
    }

    /** Whether it is one that was adopted and belongs to a process. It is not reaped, so its number is its own. */
    boolean isOf(Incarnation owner, Proc.Stat stat) {
        Adopted entry = adopted.get(stat.pid());
        return entry != null && entry.owner == owner;
    }

    boolean isStranger(Proc.Stat stat) {
        Adopted entry = adopted.get(stat.pid());
        return entry != null && entry.owner == null;
    }

    /** The adopted that belong to a process, as they were when they were adopted. */
    public List<Proc.Stat> of(Incarnation owner) {
        List<Proc.Stat> found = new ArrayList<>();
        for (int pid : owner.leftovers) {
            Adopted entry = adopted.get(pid);
            if (entry != null) {
                found.add(entry.stat);
            }
        }
        return found;
    }

    /** The processes that something was adopted of that has not ended. */
    public Set<Incarnation> owners() {
        Set<Incarnation> owners = new LinkedHashSet<>();
        for (Adopted each : adopted.values()) {
            if (each.owner != null) {
                owners.add(each.owner);
            }
        }
        return owners;
    }

    /** Those whose owner is not known; the first of them by the names they have now. */
    public Collection<Stranger> strangers() {
        List<Stranger> found = new ArrayList<>();
        for (Adopted each : adopted.values()) {
            if (each.owner == null) {
                Proc.Stat stat = found.size() < NEWCOMERS_AT_ONCE
                        ? proc.stat(each.stat.pid()).orElse(each.stat)
                        : each.stat;
                found.add(new Stranger(stat.pid(), stat.startTicks(), stat.name()));
            }
        }
        return found;
    }

    public boolean hasStrangers() {
        return strangerCount > 0;
    }

    /** Not if some of them may descend from what was there before papa. */
    public boolean mayEndStrangers() {
        return inherited.isEmpty();
    }
}
