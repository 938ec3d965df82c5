package circus.manager.arbiter;

import circus.manager.watcher.Reconciler;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Who is to be stepped, and when: those that changed since the last run, and those whose time has come. A run costs nothing for all the
 * others, however many there are. A run that has lasted its time leaves the rest for the next one, so that whoever asks is answered in
 * between. Runs on circus-loop only.
 */
public final class Agenda {
    private static final System.Logger LOG = System.getLogger(Agenda.class.getName());

    /** More rounds than this in one run mean that two reconcilers wake each other without end; the loop gets its turn first. */
    private static final int MOST_ROUNDS = 100;

    /** With a thousand to step, requests and the kernel get their turn this often. */
    private static final long LONGEST_RUN_NANOS = 2_000_000;

    private record Appointment(long when, Reconciler reconciler) implements Comparable<Appointment> {
        @Override
        public int compareTo(Appointment other) {
            return Long.compare(when, other.when);
        }
    }

    private final LongSupplier watch;
    private final Set<Reconciler> changed = new LinkedHashSet<>();
    private final PriorityQueue<Appointment> appointments = new PriorityQueue<>();

    /** The appointment that counts for each; older ones stay in the queue until their time and are dropped then. */
    private final Map<Reconciler, Long> valid = new HashMap<>();

    /** @param watch tells how long a run lasts, in nanoseconds */
    public Agenda(LongSupplier watch) {
        this.watch = watch;
    }

    /** To be stepped in the next round. */
    public void changed(Reconciler reconciler) {
        changed.add(reconciler);
    }

    /** Steps everybody whose turn it is, and those that change thereby, in the order in which they changed, as far as the time allows. */
    public void run(long now) {
        long begun = watch.getAsLong();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            collectDue(now);
            if (changed.isEmpty()) {
                return;
            }
            Deque<Reconciler> turn = new ArrayDeque<>(changed);
            changed.clear();
            while (!turn.isEmpty()) {
                step(turn.remove(), now);
                if (watch.getAsLong() - begun > LONGEST_RUN_NANOS) {
                    turn.addAll(changed);
                    changed.clear();
                    changed.addAll(turn);
                    return;
                }
            }
        }
    }

    private void collectDue(long now) {
        while (!appointments.isEmpty() && appointments.element().when() <= now) {
            Appointment due = appointments.remove();
            if (valid.remove(due.reconciler(), due.when())) {
                changed.add(due.reconciler());
            }
        }
    }

    /** A mistake in one must not stop the others, nor the daemon. */
    private void step(Reconciler reconciler, long now) {
        long next;
        try {
            next = reconciler.step(now);
        } catch (RuntimeException mistake) {
            LOG.log(Level.ERROR, "a step of " + reconciler + " failed; everything else goes on", mistake);
            return;
        }
        if (next == Reconciler.NEVER) {
            valid.remove(reconciler);
        } else if (!Long.valueOf(next).equals(valid.put(reconciler, next))) {
            appointments.add(new Appointment(next, reconciler));
        }
    }

    /** When the next run is due; {@link Reconciler#NEVER} when only a change makes one necessary. */
    public long next() {
        if (!changed.isEmpty()) {
            return 0;
        }
        Appointment first = appointments.peek();
        return first == null ? Reconciler.NEVER : first.when();
    }
}
