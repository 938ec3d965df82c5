package circus.manager.orphan;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Ends workers that no kernel holds any more, and all that descends from them, before others are started in their place: each by its
 * stop signal, and by SIGKILL where that has not helped in time. All at once; who calls waits for it. Nobody else may start any meanwhile.
 */
public final class Orphans {
    private static final System.Logger LOG = System.getLogger(Orphans.class.getName());
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** How long one may take to be gone that was sent SIGKILL. */
    private static final long KILLED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int SIGTERM = 15;
    private static final int SIGKILL = 9;

    /**
     * How a worker is asked to end.
     *
     * @param children whether all that descends from it is asked, too
     * @param grace until SIGKILL
     */
    public record Manner(int signal, boolean children, Duration grace) {}

    /** One worker, with all that descends from it. */
    private static final class Family {
        private final Recorded worker;
        private final Kin head;
        private final Manner manner;
        private final Map<Integer, Kin> members = new LinkedHashMap<>();
        private boolean begun;
        private boolean restAsked;
        private boolean killed;
        private long deadlineNanos;

        private Family(Recorded worker, Kin head, Manner manner) {
            this.worker = worker;
            this.head = head;
            this.manner = manner;
            this.deadlineNanos = System.nanoTime() + manner.grace().toNanos();
        }

        /** Takes in who descends from it, or is in the session that it began. */
        private void look(List<Kin> all) {
            if (!begun) {
                begun = true;
                members.put(head.pid(), head);
            }
            // First of all those go that are gone: their numbers may be somebody else's by now.
            Set<Integer> alive = new HashSet<>();
            for (Kin each : all) {
                Kin known = members.get(each.pid());
                if (known != null && known.startTicks() == each.startTicks()) {
                    alive.add(each.pid());
                }
            }
            members.keySet().retainAll(alive);
            boolean grew = true;
            while (grew) {
                grew = false;
                // The number of a session is nobody else's as long as it has a member.
                boolean isOurs = members.values().stream().anyMatch(each -> each.session() == head.pid());
                for (Kin each : all) {
                    boolean kin = (isOurs && each.session() == head.pid()) || members.containsKey(each.parent());
                    if (kin && each.startTicks() >= head.startTicks()) {
                        grew |= members.putIfAbsent(each.pid(), each) == null;
                    }
                }
            }
        }

        private boolean isGone() {
            return members.isEmpty();
        }

        private List<Integer> asked() {
            return manner.children() ? List.copyOf(members.keySet()) : List.of(head.pid());
        }
    }

    private Orphans() {}

    /**
     * Ends those that are alive.
     *
     * @param workers that no kernel holds
     * @param manner by the name of a watcher
     * @return how many there were
     */
    public static int end(List<Recorded> workers, Function<String, Manner> manner) {
        List<Family> families = new ArrayList<>();
        for (Recorded each : workers) {
            Optional<Kin> head = each.alive();
            if (head.isPresent()) {
                families.add(new Family(each, head.get(), manner.apply(each.watcher())));
            }
        }
        int count = families.size();
        if (count > 0) {
            families.forEach(each -> LOG.log(
                    Level.WARNING,
                    "pid {0} of {1} runs without a kernel, which has been killed: it is ended before another one is started",
                    String.valueOf(each.head.pid()),
                    each.worker.name()));
            look(families);
            families.forEach(each -> signal(each.manner.signal(), each.asked()));
            await(families);
        }
        return count;
    }

    private static void look(List<Family> families) {
        List<Kin> all = Kin.all();
        families.forEach(each -> each.look(all));
    }

    private static void await(List<Family> families) {
        List<Family> left = new ArrayList<>(families);
        while (!left.isEmpty() && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(LOOK_NANOS);
            look(left);
            left.removeIf(Family::isGone);
            long now = System.nanoTime();
            for (Family each : left) {
                goOn(each, now);
            }
            left.removeIf(each -> each.killed && now - each.deadlineNanos >= 0);
        }
    }

    private static void goOn(Family family, long now) {
        if (now - family.deadlineNanos >= 0) {
            if (family.killed) {
                LOG.log(
                        Level.ERROR,
                        "cannot end {0} of {1}, which runs without a kernel: SIGKILL did not help",
                        family.members.keySet(),
                        family.worker.name());
                return;
            }
            family.killed = true;
            family.deadlineNanos = now + KILLED_NANOS;
            LOG.log(
                    Level.WARNING,
                    "{0} of {1} did not end in time: SIGKILL",
                    family.members.keySet(),
                    family.worker.name());
            signal(SIGKILL, List.copyOf(family.members.keySet()));
        } else if (!family.restAsked && !family.members.containsKey(family.head.pid())) {
            family.restAsked = true;
            signal(SIGTERM, List.copyOf(family.members.keySet()));
        } else if (family.killed) {
            signal(SIGKILL, List.copyOf(family.members.keySet())); // who was forked meanwhile
        }
    }

    /** Java sends none but TERM and KILL; the shell has a kill of its own. */
    private static void signal(int number, List<Integer> pids) {
        if (pids.isEmpty()) {
            return;
        }
        List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", "for p; do kill -" + number + " $p; done", "sh"));
        pids.forEach(pid -> words.add(pid.toString()));
        try {
            Process shell = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            shell.waitFor();
        } catch (IOException cannot) {
            LOG.log(Level.WARNING, "cannot send signal {0} to {1}: {2}", number, pids, cannot.getMessage());
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }
}
