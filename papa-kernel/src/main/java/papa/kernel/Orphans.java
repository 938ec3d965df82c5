package papa.kernel;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import papa.posix.Errno;
import papa.posix.Posix;

/**
 * Finds what ended processes left behind. The kernel is a subreaper (prctl(2)), so a descendant whose parent dies becomes
 * its child: a child of its first thread, while the processes it starts are children of the spawner's threads. The list
 * of the first thread's children (proc(5), {@code /proc/PID/task/TID/children}) therefore holds the adopted alone.
 *
 * <p>An adopted process belongs to the process whose session it is in; each process starts in a session of its own.
 * One that made a session for itself as well cannot be attributed. Loop thread only.
 */
final class Orphans {
    private static final int READ_AT_ONCE = 64 * 1024;
    private static final int DEPTH = 64;

    private final Posix posix;
    private final IntFunction<@Nullable Incarnation> running;
    private final String adoptedList;
    private final long buffer;
    private final Map<Integer, Incarnation> owners = new HashMap<>();
    private final Map<Integer, Incarnation> endedLeaders = new HashMap<>();
    private final Set<Integer> strangers = new HashSet<>();

    /** Given up when no more files may be open (the spawner lowers the limit for moments): who is missed now stays so. */
    private int spare;

    /** @param running finds a process that is not reaped yet by its pid, which is also its session's number */
    Orphans(Posix posix, IntFunction<@Nullable Incarnation> running) {
        this.posix = posix;
        this.running = running;
        this.adoptedList = "/proc/self/task/" + posix.pid() + "/children";
        this.buffer = posix.allocate(READ_AT_ONCE);
        this.spare = posix.open("/dev/null", Posix.O_RDONLY, 0);
    }

    /**
     * Takes note of what has been adopted since the last time. Call it before an ended process is reaped.
     *
     * @param allKnown whether every process that was started is known by now; else who is unknown may still turn out to
     *     belong to one
     */
    void adopt(boolean allKnown) {
        for (int pid : children(adoptedList)) {
            if (knows(pid)) {
                continue;
            }
            int session = session(pid);
            Incarnation owner = running.apply(session);
            owner = owner == null ? endedLeaders.get(session) : owner;
            if (owner != null) {
                owners.put(pid, owner);
                endedLeaders.put(session, owner);
                owner.leftovers.add(pid);
            } else if (allKnown && strangers.add(pid)) {
                Log.info("adopted pid " + pid + ", which made a session for itself: nobody will end it");
            }
        }
    }

    /** Whether it is one of the adopted that have been taken note of. */
    boolean knows(int pid) {
        return owners.containsKey(pid) || strangers.contains(pid);
    }

    /** An adopted process has ended and been reaped; its owner, if that has nothing left now. */
    Optional<Incarnation> reaped(int pid) {
        strangers.remove(pid);
        Incarnation owner = owners.remove(pid);
        if (owner == null) {
            return Optional.empty();
        }
        owner.leftovers.remove(pid);
        adopt(false); // what it had for children has been adopted in its place
        if (!owner.leftovers.isEmpty()) {
            return Optional.empty();
        }
        endedLeaders.remove(owner.pid, owner);
        return Optional.of(owner);
    }

    /** Everything that a process left behind, with all that descends from it, parents first. */
    Set<Integer> tree(Incarnation owner) {
        Set<Integer> found = new LinkedHashSet<>(owner.leftovers);
        List<Integer> generation = new ArrayList<>(found);
        for (int depth = 0; depth < DEPTH && !generation.isEmpty(); depth++) {
            List<Integer> next = new ArrayList<>();
            for (int pid : generation) {
                for (int child : childrenOfAllThreads(pid)) {
                    if (found.add(child)) {
                        next.add(child);
                    }
                }
            }
            generation = next;
        }
        return found;
    }

    private List<Integer> childrenOfAllThreads(int pid) {
        List<Integer> pids = new ArrayList<>();
        String[] threads = new File("/proc/" + pid + "/task").list();
        // A folder cannot be listed while no more files may be open; the first thread has its pid for a number.
        for (String thread : threads == null ? new String[] {Integer.toString(pid)} : threads) {
            pids.addAll(children("/proc/" + pid + "/task/" + thread + "/children"));
        }
        return pids;
    }

    private List<Integer> children(String path) {
        List<Integer> pids = new ArrayList<>();
        for (String word : contents(path).split(" ", -1)) {
            if (!word.isEmpty()) {
                pids.add(Integer.parseInt(word));
            }
        }
        return pids;
    }

    /** The session of a process, or 0 if it has gone. The name in stat may hold anything, so count from its end. */
    private int session(int pid) {
        String stat = contents("/proc/" + pid + "/stat");
        int nameEnd = stat.lastIndexOf(')');
        if (nameEnd < 0) {
            return 0;
        }
        String[] fields = stat.substring(nameEnd + 2).split(" ", -1);
        return fields.length > 3 ? Integer.parseInt(fields[3]) : 0; // state, ppid, pgrp, session
    }

    private String contents(String path) {
        int fd = posix.open(path, Posix.O_RDONLY, 0);
        if (Errno.EMFILE.is(fd) && spare >= 0) {
            posix.close(spare);
            spare = -1;
            fd = posix.open(path, Posix.O_RDONLY, 0);
        }
        if (fd < 0) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        long count = posix.read(fd, buffer, READ_AT_ONCE);
        while (count > 0) {
            byte[] bytes = new byte[(int) count];
            posix.getBytes(buffer, bytes, 0, bytes.length);
            text.append(new String(bytes, StandardCharsets.ISO_8859_1));
            count = posix.read(fd, buffer, READ_AT_ONCE);
        }
        posix.close(fd);
        if (spare < 0) {
            spare = posix.open("/dev/null", Posix.O_RDONLY, 0);
        }
        return text.toString().strip();
    }
}
