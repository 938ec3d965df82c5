package circus.manager.watcher;

import circus.manager.kernel.HeldSocket;
import circus.manager.kernel.KernelPort;
import circus.manager.kernel.SocketReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The sockets that each worker of one watcher has for itself ({@code so_reuseport}), held by the kernel under the number of a slot. There
 * are as many slots as workers are wanted. A worker that comes in the place of another gets its slot, and with it what is queued there
 * (contract/DECISIONS.md): in a reload both have it for a while, so the old one can stop taking connections without losing any. A slot
 * that nobody is to have any more is closed at once, since the machine would go on to send connections there.
 *
 * <p>Where no socket is of that kind, nothing happens here. Runs on circus-loop only.
 */
final class WorkerSlots {
    /**
     * What a worker got.
     *
     * @param number of the slot; 0 where there are no slots
     * @param descriptors of its sockets, by the names that they have in the configuration
     */
    record Slot(int number, Map<String, Integer> descriptors) {
        static final Slot NONE = new Slot(0, Map.of());

        Slot {
            descriptors = Map.copyOf(descriptors);
        }
    }

    /** Is told once, at once or later, how it went. */
    record Answer(Consumer<Slot> ready, Consumer<String> failed) {}

    private record Place(int slot, Set<String> sockets) {}

    private final String watcher;
    private final KernelPort kernel;
    private final Workers workers;
    private final Map<Worker, Place> places = new HashMap<>();

    /** By the kernel's name; 0 for one of which only the name is known. */
    private final TreeMap<String, Integer> open = new TreeMap<>();

    WorkerSlots(String watcher, KernelPort kernel, Workers workers) {
        this.watcher = watcher;
        this.kernel = kernel;
        this.workers = workers;
    }

    /** An earlier manager has left this one open. @return false if no worker of today's is to have it */
    boolean adopted(String held, Launcher launcher) {
        boolean ours = SocketPlace.watcherOfSlot(held).filter(watcher::equals).isPresent()
                && SocketPlace.socketOfSlot(held)
                        .filter(launcher.slots()::containsKey)
                        .isPresent();
        if (ours) {
            open.put(held, 0);
        }
        return ours;
    }

    /** An earlier manager's worker runs in this slot. */
    void adopted(Worker worker, int slot, Launcher launcher) {
        if (slot > 0) {
            places.put(worker, new Place(slot, names(launcher, slot)));
        }
    }

    /**
     * Sees to it that a worker about to be started has its sockets.
     *
     * @param target how many workers are wanted
     */
    void prepare(Worker worker, Launcher launcher, int target, Answer answer) {
        if (launcher.slots().isEmpty()) {
            answer.ready().accept(Slot.NONE);
            return;
        }
        int slot = choose(target);
        places.put(worker, new Place(slot, names(launcher, slot)));
        new Opening(launcher, slot, answer).begin();
    }

    /** One that nobody has; else a new one, up to the target; else the one that the fewest have. */
    private int choose(int target) {
        TreeMap<Integer, Integer> takers = new TreeMap<>();
        open.keySet().forEach(name -> takers.put(SocketPlace.slotOf(name), 0));
        places.forEach((worker, place) -> {
            if (worker.state().wanted()) {
                takers.merge(place.slot(), 1, Integer::sum);
            }
        });
        int fewest = Integer.MAX_VALUE;
        int choice = 0;
        for (Map.Entry<Integer, Integer> each : takers.entrySet()) {
            if (each.getValue() < fewest) {
                fewest = each.getValue();
                choice = each.getKey();
            }
        }
        if (choice > 0 && (fewest == 0 || takers.size() >= target)) {
            return choice;
        }
        int unused = 1;
        while (takers.containsKey(unused)) {
            unused++;
        }
        return unused;
    }

    private Set<String> names(Launcher launcher, int slot) {
        Set<String> names = new TreeSet<>();
        launcher.slots().keySet().forEach(socket -> names.add(SocketPlace.nameOfSlot(socket, watcher, slot)));
        return names;
    }

    /**
     * Closes what no worker has that is to go on.
     *
     * @param expecting successors of workers that have ended or are about to: what nobody has stays for them
     */
    void tidy(boolean expecting) {
        if (open.isEmpty() && places.isEmpty()) {
            return;
        }
        places.keySet().retainAll(workers.all());
        if (expecting) {
            return;
        }
        Set<String> needed = new TreeSet<>();
        places.forEach((worker, place) -> {
            if (worker.state().wanted()) {
                needed.addAll(place.sockets());
            }
        });
        List<String> idle =
                open.keySet().stream().filter(name -> !needed.contains(name)).toList();
        for (String name : idle) {
            kernel.removeSocket(name);
            open.remove(name);
        }
    }

    /** The sockets of one slot are being asked for; all are waited for, since what was opened has to be known. */
    private final class Opening {
        private final Launcher launcher;
        private final int slot;
        private final Answer answer;
        private final Map<String, Integer> descriptors = new HashMap<>();
        private final List<String> failures = new ArrayList<>();
        private int awaited;

        Opening(Launcher launcher, int slot, Answer answer) {
            this.launcher = launcher;
            this.slot = slot;
            this.answer = answer;
        }

        void begin() {
            Map<String, Map<String, String>> missing = new TreeMap<>();
            launcher.slots().forEach((socket, options) -> {
                int known = open.getOrDefault(SocketPlace.nameOfSlot(socket, watcher, slot), 0);
                if (known > 0) {
                    descriptors.put(socket, known);
                } else {
                    missing.put(socket, options);
                }
            });
            awaited = missing.size();
            missing.forEach(this::ask);
            tellWhenDone();
        }

        private void ask(String socket, Map<String, String> options) {
            String name = SocketPlace.nameOfSlot(socket, watcher, slot);
            kernel.openSocket(name, options, new SocketReply() {
                @Override
                public void opened(HeldSocket held) {
                    open.put(name, held.descriptor());
                    descriptors.put(socket, held.descriptor());
                    awaited--;
                    tellWhenDone();
                }

                @Override
                public void failed(String reason) {
                    failures.add(reason);
                    awaited--;
                    tellWhenDone();
                }
            });
        }

        private void tellWhenDone() {
            if (awaited > 0) {
                return;
            }
            if (failures.isEmpty()) {
                answer.ready().accept(new Slot(slot, descriptors));
            } else {
                answer.failed().accept(String.join("; ", failures));
            }
        }
    }
}
