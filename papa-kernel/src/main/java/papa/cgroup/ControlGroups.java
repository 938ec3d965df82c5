package papa.cgroup;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.Proc;
import papa.request.Refusal;
import papa.state.StateReader;
import papa.state.StateWriter;
import papa.wire.Words;

/**
 * The cgroups that processes are started in which ask for one: {@code papa-KEY/INSTANCE.INCARNATION} below the kernel's
 * own, where KEY stands for the path that the kernel serves. One is made when it is needed and removed when nobody is in
 * there any more, which its {@code cgroup.events} tells (cgroups(7)). Controllers are neither needed nor touched.
 *
 * <p>Those that an earlier kernel on the same path left are removed at the start, unless somebody is in there. Loop thread
 * only.
 *
 * @param <P> a process that owns one
 */
public final class ControlGroups<P> {
    private static final long AGAIN_NANOS = 100_000_000L;
    private static final int MOST_TRIES = 50;

    /** Told who is in the cgroup of a process that has ended. */
    public interface Use {
        /** Whether somebody is, which may be told again. */
        void populated(boolean somebody);

        /** There was somebody, and is not any more. */
        void emptied();
    }

    private final Posix posix;
    private final Proc proc;
    private final EventLoop loop;

    /** Of the cgroup for all of this kernel; null where there can be none. */
    private @Nullable ControlGroupPlace place;

    private String instance;
    private String why;
    private final Map<Long, P> owners = new HashMap<>();
    private final Map<Long, ControlGroup> groups = new HashMap<>();

    private ControlGroups(Posix posix, EventLoop loop, @Nullable ControlGroupPlace place, String instance, String why) {
        this.posix = posix;
        this.proc = new Proc(posix);
        this.loop = loop;
        this.place = place;
        this.instance = instance;
        this.why = why;
    }

    /** Knows nothing until it is restored. */
    public static <P> ControlGroups<P> toRestore(Posix posix, EventLoop loop) {
        return none(posix, loop);
    }

    /** For a kernel that makes none. */
    public static <P> ControlGroups<P> none(Posix posix, EventLoop loop) {
        return new ControlGroups<>(posix, loop, null, "", "papa was told to make none");
    }

    /**
     * Finds out whether any can be made, and clears away what an earlier kernel left.
     *
     * @param kernelPath what the kernel serves, for itself alone; a byte string
     * @param instance unlike that of any other kernel
     */
    public static <P> ControlGroups<P> find(Posix posix, EventLoop loop, String kernelPath, String instance) {
        OwnPlace found = OwnPlace.find(posix, kernelPath);
        return new ControlGroups<>(posix, loop, found.place(), instance, found.why());
    }

    /**
     * {@code cgroups}: instance, why (there can be none), path and folder (where there can be some). Then a {@code cgroup}
     * for each that is there: number, of the incarnation; owned, 1 once that was started. To be written after the processes.
     */
    public void save(StateWriter out) {
        StateWriter.Line line = out.line("cgroups").put("instance", instance).put("why", why);
        if (place != null) {
            line.put("path", place.path()).put("folder", place.folder());
        }
        line.end();
        groups.keySet()
                .forEach(number -> out.line("cgroup")
                        .put("number", number)
                        .flag("owned", owners.containsKey(number))
                        .end());
    }

    /** @param owner finds a process by its number, also one that is only remembered */
    public void restoreFrom(StateReader reader, LongFunction<@Nullable P> owner) {
        reader.on("cgroups", line -> {
            instance = line.text("instance");
            why = line.text("why");
            place = line.has("path") ? new ControlGroupPlace(line.text("path"), line.text("folder")) : null;
        });
        reader.on("cgroup", line -> {
            long number = line.number("number", 1, Long.MAX_VALUE);
            if (place == null || groups.containsKey(number)) {
                throw line.wrong("there can be none, or it is there already");
            }
            groups.put(number, group(place, number));
            if (line.flag("owned")) {
                P process = owner.apply(number);
                if (process == null) {
                    throw line.wrong("there is no process of number=" + number);
                }
                owners.put(number, process);
            }
        });
    }

    private ControlGroup group(ControlGroupPlace at, long number) {
        String folder = "/" + instance + "." + number;
        return new ControlGroup(posix, at.path() + folder, at.folder() + folder);
    }

    /** The cgroup of an incarnation; null if there is none. */
    public @Nullable ControlGroup of(long number) {
        return groups.get(number);
    }

    /** All processes that own one. */
    public Collection<P> owners() {
        return owners.values();
    }

    /** Removes those of starts that failed, since nobody else will; to be called when no start is under way. */
    public void resume() {
        for (Map.Entry<Long, ControlGroup> each : List.copyOf(groups.entrySet())) {
            if (!owners.containsKey(each.getKey())) {
                remove(each.getKey(), each.getValue(), MOST_TRIES);
            }
        }
    }

    /** Goes on waiting for who is in the cgroup of a process that has ended; as {@link #ended}. */
    public void resumeEnded(long number, @Nullable ControlGroup group, Use use) {
        if (group != null) {
            watch(number, group, use);
        }
    }

    public boolean canBeMade() {
        return place != null;
    }

    /** The cgroup for an incarnation that is to be started. Nothing is made yet. */
    public ControlGroup forNew(String name, long number) throws Refusal {
        if (place == null) {
            throw new Refusal("cannot start " + name + " in a cgroup: " + why
                    + "; start it without cgroup=1, or run papa where it may make cgroups");
        }
        ControlGroup group = group(place, number);
        groups.put(number, group);
        return group;
    }

    /** The process runs in there now: the cgroup, or null if it has none of its own. */
    public @Nullable ControlGroup started(long number, P process) {
        ControlGroup group = groups.get(number);
        if (group != null) {
            owners.put(number, process);
        }
        return group;
    }

    /** It could not be started. */
    public void failed(long number) {
        ControlGroup group = groups.get(number);
        if (group != null) {
            remove(number, group, MOST_TRIES);
        }
    }

    /** The process whose cgroup another process is in; null if there is none. */
    public @Nullable P ownerOf(int pid) {
        if (owners.isEmpty() || place == null) {
            return null;
        }
        String path = proc.controlGroup(pid);
        String prefix = place.path() + "/" + instance + ".";
        if (!path.startsWith(prefix)) {
            return null;
        }
        long number = 0;
        for (int i = prefix.length(); i < path.length() && Character.isDigit(path.charAt(i)); i++) {
            number = number * 10 + (path.charAt(i) - '0');
        }
        return owners.get(number);
    }

    /**
     * The process itself has ended: its cgroup goes now, or when the last of the others has.
     *
     * @param use told of who is in there, now and later
     */
    public void ended(long number, @Nullable ControlGroup group, Use use) {
        if (group != null) {
            boolean others = group.isPopulated(proc);
            use.populated(others);
            if (others) {
                watch(number, group, use);
            } else {
                remove(number, group, MOST_TRIES);
            }
        }
    }

    private void watch(long number, ControlGroup group, Use use) {
        // Opened before it is looked at: what changes from then on is an event.
        int fd = posix.open(group.folder + "/cgroup.events", Posix.O_RDONLY, 0);
        if (fd < 0 && !Errno.ENOENT.is(fd)) {
            loop.after(AGAIN_NANOS, () -> watch(number, group, use)); // no more files may be open just now
            return;
        }
        int unread = proc.failures();
        boolean others = fd >= 0 && proc.rest(fd).contains("populated 1");
        if (proc.failures() != unread) {
            posix.close(fd);
            loop.after(AGAIN_NANOS, () -> watch(number, group, use));
            return;
        }
        if (others) {
            int added = loop.add(fd, Posix.EPOLLPRI, events -> {
                loop.remove(fd);
                posix.close(fd);
                watch(number, group, use);
            });
            if (added < 0) {
                posix.close(fd);
                loop.after(AGAIN_NANOS, () -> watch(number, group, use));
            }
            return;
        }
        posix.close(fd);
        use.populated(false);
        remove(number, group, MOST_TRIES);
        use.emptied();
    }

    private void remove(long number, ControlGroup group, int tries) {
        int removed = group.remove();
        if (Errno.EBUSY.is(removed) && tries > 0) {
            loop.after(AGAIN_NANOS, () -> remove(number, group, tries - 1)); // somebody in there is just dying
            return;
        }
        if (removed < 0) {
            Log.info("cannot remove the cgroup " + Words.text(group.folder) + ": " + Errno.of(removed));
        }
        owners.remove(number);
        groups.remove(number);
        if (groups.isEmpty() && place != null) {
            posix.removeFolder(place.folder());
        }
    }

    /** The kernel ends. Who is still in one of them now has survived SIGKILL so far. */
    public void close() {
        for (ControlGroup group : List.copyOf(groups.values())) {
            group.remove();
        }
        if (place != null) {
            posix.removeFolder(place.folder());
        }
    }
}
