package circus.manager.arbiter;

import circus.manager.kernel.Exit;
import circus.manager.watcher.Reconciler;
import circus.manager.watcher.Watcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings what the kernel tells of an incarnation to the watcher that it belongs to. News of one that nobody has claimed yet, because the
 * reply to its launch is still on its way, wait until somebody does. Runs on circus-loop only.
 */
final class Routing implements Reconciler {
    private final Map<Long, Watcher> owners = new HashMap<>();
    private final Map<Long, List<Runnable>> early = new HashMap<>();
    private final List<Runnable> overdue = new ArrayList<>();

    /** @return whether there is something that waited for this, to be delivered by {@link #step} */
    boolean claim(long incarnation, Watcher owner) {
        owners.put(incarnation, owner);
        List<Runnable> waited = early.remove(incarnation);
        if (waited != null) {
            overdue.addAll(waited);
        }
        return waited != null;
    }

    void release(long incarnation) {
        owners.remove(incarnation);
    }

    void exited(Exit exit) {
        Watcher owner = owners.get(exit.incarnation());
        if (owner == null) {
            later(exit.incarnation(), () -> exited(exit));
        } else {
            owner.exited(exit);
        }
    }

    void gone(long incarnation) {
        Watcher owner = owners.get(incarnation);
        if (owner != null) {
            owner.leftoversGone(incarnation);
        } else if (early.containsKey(incarnation)) {
            later(incarnation, () -> gone(incarnation));
        }
    }

    private void later(long incarnation, Runnable delivery) {
        early.computeIfAbsent(incarnation, unused -> new ArrayList<>()).add(delivery);
    }

    @Override
    public long step(long now) {
        List<Runnable> deliveries = List.copyOf(overdue);
        overdue.clear();
        deliveries.forEach(Runnable::run);
        return NEVER;
    }
}
