package circus.manager.arbiter;

import circus.manager.config.SocketConfig;
import circus.manager.kernel.HeldSocket;
import circus.manager.watcher.SocketPlace;
import circus.options.SocketFamily;
import circus.options.SocketOptions;
import circus.options.SocketType;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import papa.client.PapaException;

/**
 * The configured sockets, held by the kernel: opened before any worker starts, found again by the next manager, and closed at the end
 * unless somebody who stays needs them. Used at the start and at the end of the daemon, where waiting for the kernel is allowed.
 */
public final class ManagedSockets {
    private static final System.Logger LOG = System.getLogger(ManagedSockets.class.getName());

    /** What this needs of the kernel; names go without the arbiter's prefix. */
    public interface Holder {
        List<HeldSocket> sockets() throws PapaException;

        HeldSocket makeSocket(String name, Map<String, String> options) throws PapaException;

        void removeSocket(String name) throws PapaException;
    }

    /** Sockets that cannot be opened, all of them at once: one line for each in the message. */
    public static final class CannotOpenException extends Exception {
        private static final long serialVersionUID = 1;

        CannotOpenException(List<String> mistakes) {
            super(String.join("\n", mistakes), null, false, false);
        }
    }

    /** As a descriptor: the kernel has no socket of that name, and so starts nobody with it. */
    private static final int NOT_OPEN = -1;

    private final Holder holder;
    private final Map<String, SocketConfig> configs = new LinkedHashMap<>();
    private final Map<String, SocketPlace> places = new LinkedHashMap<>();

    /** Sockets of worker slots that were found open, and can go on. */
    private final Set<String> left = new TreeSet<>();

    private final boolean mayLack;

    public ManagedSockets(List<SocketConfig> sockets, Holder holder) {
        this(sockets, holder, false);
    }

    /** @param mayLack whether to go on without those that cannot be opened; who needs one then cannot be started */
    public ManagedSockets(List<SocketConfig> sockets, Holder holder, boolean mayLack) {
        this.holder = holder;
        this.mayLack = mayLack;
        sockets.forEach(socket -> configs.put(socket.name(), socket));
    }

    /** Opens what is not open yet. If one fails that is not to be lacked, none of those that were opened here stays open. */
    public Map<String, SocketPlace> open() throws CannotOpenException, PapaException {
        Map<String, HeldSocket> before = new HashMap<>();
        Map<String, List<HeldSocket>> slots = new HashMap<>();
        for (HeldSocket held : holder.sockets()) {
            Optional<String> socket = SocketPlace.socketOfSlot(held.name());
            if (socket.isPresent()) {
                slots.computeIfAbsent(socket.get(), name -> new ArrayList<>()).add(held);
            } else {
                before.put(held.name(), held);
            }
        }
        List<String> mistakes = new ArrayList<>();
        List<String> opened = new ArrayList<>();
        for (SocketConfig config : configs.values()) {
            HeldSocket held = before.remove(config.name());
            try {
                places.put(config.name(), place(config, held, slots.getOrDefault(config.name(), List.of()), opened));
            } catch (PapaException cannot) {
                mistakes.add(
                        "cannot open socket " + config.name() + " at " + config.address() + ": " + cannot.getMessage());
                places.put(config.name(), new SocketPlace(NOT_OPEN, config.address()));
            }
        }
        if (mayLack) {
            mistakes.forEach(mistake -> LOG.log(
                    Level.ERROR,
                    "{0}. What needs it cannot be started, all else goes on; restart circusd when that is mended",
                    mistake));
            mistakes.clear();
            holder.sockets(); // a kernel that has gone is another matter
        }
        if (!mistakes.isEmpty()) {
            for (String name : opened) {
                holder.removeSocket(name);
            }
            // An answer to this means that they are closed.
            holder.sockets();
            throw new CannotOpenException(mistakes);
        }
        for (String name : before.keySet()) {
            LOG.log(Level.INFO, "plan for socket {0}: closed, since there is no [socket:{0}] any more", name);
            holder.removeSocket(name);
        }
        closeOtherSlots(slots);
        return Map.copyOf(places);
    }

    /**
     * Opens one, or finds it open.
     *
     * @param held what the kernel has under its name
     * @param slots what the kernel has of worker slots
     * @param opened gets its name, if it was not open before
     */
    private SocketPlace place(
            SocketConfig config, @Nullable HeldSocket held, List<HeldSocket> slots, List<String> opened)
            throws PapaException {
        if (held != null && !isAt(config, held)) {
            LOG.log(Level.INFO, "plan for socket {0}: opened anew at {1}", config.name(), config.address());
            holder.removeSocket(config.name());
            held = null;
        }
        List<HeldSocket> there =
                slots.stream().filter(slot -> isAt(config, slot)).toList();
        if (held == null && isDatagram(config) && (config.isPerWorker() || !there.isEmpty())) {
            return ofSlots(config, -1, there.isEmpty() ? probe(config) : port(there.get(0)), there);
        }
        Map<String, String> words = config.isPerWorker() ? SocketWords.keeper(config) : SocketWords.shared(config);
        HeldSocket socket = held == null ? holder.makeSocket(config.name(), words) : agreed(config, words, held);
        if (held == null) {
            opened.add(config.name());
        }
        return socket.keepsPort()
                ? ofSlots(config, socket.descriptor(), port(socket), there)
                : new SocketPlace(socket.descriptor(), config.address());
    }

    /** A datagram socket that nobody reads would swallow what comes, so none keeps the port; it only is tried out. */
    private int probe(SocketConfig config) throws PapaException {
        int port = config.options().get(SocketOptions.PORT);
        HeldSocket tried = holder.makeSocket(config.name(), SocketWords.slot(config, port));
        holder.removeSocket(config.name());
        return port(tried);
    }

    private static boolean isDatagram(SocketConfig config) {
        return config.type() == SocketType.SOCK_DGRAM;
    }

    /** Whether what {@link #words} open only tells the port, and is to be closed again. */
    static boolean isProbe(SocketConfig config) {
        return config.isPerWorker() && isDatagram(config);
    }

    /** How to open it while workers run. */
    static Map<String, String> words(SocketConfig config) {
        if (isProbe(config)) {
            return SocketWords.slot(config, config.options().get(SocketOptions.PORT));
        }
        return config.isPerWorker() ? SocketWords.keeper(config) : SocketWords.shared(config);
    }

    /** As it is open; empty for one that is not. */
    Optional<SocketConfig> config(String name) {
        return Optional.ofNullable(configs.get(name));
    }

    /** It was opened with {@link #words}. */
    void opened(SocketConfig config, HeldSocket held) {
        configs.put(config.name(), config);
        SocketPlace place = config.isPerWorker()
                ? ofSlots(config, isProbe(config) ? -1 : held.descriptor(), port(held), List.of())
                : new SocketPlace(held.descriptor(), config.address());
        places.put(config.name(), place);
    }

    /** It is not to be open any more. @return the kernel's names of what is to be closed */
    List<String> closed(String name) {
        configs.remove(name);
        SocketPlace place = places.remove(name);
        return place == null || place.descriptor() < 0 ? List.of() : List.of(name);
    }

    /** All that are open, by name. */
    Map<String, SocketPlace> places() {
        return Map.copyOf(places);
    }

    private static int port(HeldSocket socket) {
        return socket.port().orElse(0);
    }

    private SocketPlace ofSlots(SocketConfig config, int descriptor, int port, List<HeldSocket> there) {
        Map<String, String> words = SocketWords.slot(config, port);
        there.stream().filter(slot -> agrees(slot, words)).map(HeldSocket::name).forEach(left::add);
        return new SocketPlace(descriptor, config.address(), Optional.of(words));
    }

    private boolean agrees(HeldSocket slot, Map<String, String> words) {
        try {
            holder.makeSocket(slot.name(), words);
            return true;
        } catch (PapaException differs) {
            // Its worker goes on with its copy until it is replaced.
            LOG.log(Level.INFO, "socket {0} is opened anew, since its options have changed", slot.name());
            return false;
        }
    }

    private void closeOtherSlots(Map<String, List<HeldSocket>> slots) throws PapaException {
        for (List<HeldSocket> each : slots.values()) {
            for (HeldSocket slot : each) {
                if (!left.contains(slot.name())) {
                    holder.removeSocket(slot.name());
                }
            }
        }
    }

    /** Gives the sockets of worker slots that an earlier manager has left to their watchers; what nobody needs is closed. */
    public void handSlotsTo(Arbiter arbiter) throws PapaException {
        for (String held : left) {
            boolean needed = arbiter.watchers().stream().anyMatch(watcher -> watcher.adoptSlot(held));
            if (!needed) {
                holder.removeSocket(held);
            }
        }
        left.clear();
    }

    /** Its address cannot be bound a second time while workers hold it, so other changes wait for the day when it is closed. */
    private HeldSocket agreed(SocketConfig config, Map<String, String> words, HeldSocket held) {
        try {
            return holder.makeSocket(config.name(), words);
        } catch (PapaException differs) {
            LOG.log(
                    Level.WARNING,
                    "socket {0} stays as it is, though its options have changed: they count when it is opened anew, after"
                            + " circusctl quit --terminate",
                    config.name());
            return held;
        }
    }

    private static boolean isAt(SocketConfig config, HeldSocket held) {
        if (config.family() == SocketFamily.AF_UNIX) {
            return config.path().map(Object::toString).equals(held.path());
        }
        int port = config.options().get(SocketOptions.PORT);
        boolean samePort =
                port == 0 || config.type() == SocketType.SOCK_RAW || held.port().equals(Optional.of(port));
        return samePort && held.host().equals(Optional.of(config.options().get(SocketOptions.HOST)));
    }

    public boolean isEmpty() {
        return configs.isEmpty();
    }

    /**
     * Closes those that need not stay.
     *
     * @param all also those with {@code use_papa}
     * @param needed by watchers that stay
     * @return whether none is left
     */
    public boolean close(boolean all, List<String> needed) throws PapaException {
        if (places.values().stream().anyMatch(place -> place.slots().isPresent())) {
            for (HeldSocket held : holder.sockets()) {
                Optional<String> socket = SocketPlace.socketOfSlot(held.name());
                if (socket.isPresent() && (all || !needed.contains(socket.get()))) {
                    holder.removeSocket(held.name());
                }
            }
        }
        boolean none = true;
        for (SocketConfig config : configs.values()) {
            boolean stays = !all && (config.options().get(SocketOptions.USE_PAPA) || needed.contains(config.name()));
            none &= !stays;
            SocketPlace place = places.get(config.name());
            if (!stays && (place == null || place.descriptor() >= 0)) {
                holder.removeSocket(config.name());
            }
        }
        return none;
    }
}
