package circus.manager.arbiter;

import circus.manager.config.SocketConfig;
import circus.manager.kernel.HeldSocket;
import circus.manager.watcher.SocketPlace;
import circus.options.SocketFamily;
import circus.options.SocketOptions;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final Holder holder;
    private final Map<String, SocketConfig> configs = new LinkedHashMap<>();
    private final Map<String, SocketPlace> places = new LinkedHashMap<>();

    public ManagedSockets(List<SocketConfig> sockets, Holder holder) {
        this.holder = holder;
        sockets.forEach(socket -> configs.put(socket.name(), socket));
    }

    /** Opens what is not open yet. If one fails, none of those that were opened here stays open. */
    public Map<String, SocketPlace> open() throws CannotOpenException, PapaException {
        Map<String, HeldSocket> before = new HashMap<>();
        for (HeldSocket held : holder.sockets()) {
            before.put(held.name(), held);
        }
        List<String> mistakes = new ArrayList<>();
        List<String> opened = new ArrayList<>();
        for (SocketConfig config : configs.values()) {
            HeldSocket held = before.remove(config.name());
            try {
                if (held != null && !isAt(config, held)) {
                    LOG.log(Level.INFO, "plan for socket {0}: opened anew at {1}", config.name(), address(config));
                    holder.removeSocket(config.name());
                    held = null;
                }
                HeldSocket socket =
                        held == null ? holder.makeSocket(config.name(), words(config)) : agreed(config, held);
                if (held == null) {
                    opened.add(config.name());
                }
                places.put(config.name(), new SocketPlace(socket.descriptor(), address(config)));
            } catch (PapaException cannot) {
                mistakes.add(
                        "cannot open socket " + config.name() + " at " + address(config) + ": " + cannot.getMessage());
            }
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
        return Map.copyOf(places);
    }

    /** Its address cannot be bound a second time while workers hold it, so other changes wait for the day when it is closed. */
    private HeldSocket agreed(SocketConfig config, HeldSocket held) {
        try {
            return holder.makeSocket(config.name(), words(config));
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
        boolean samePort = port == 0 || held.port().equals(Optional.of(port));
        return samePort && held.host().equals(Optional.of(config.options().get(SocketOptions.HOST)));
    }

    static String address(SocketConfig config) {
        if (config.family() == SocketFamily.AF_UNIX) {
            return config.path().map(Object::toString).orElse("");
        }
        String host = config.options().get(SocketOptions.HOST);
        return (host.contains(":") ? "[" + host + "]" : host) + ":"
                + config.options().get(SocketOptions.PORT);
    }

    private static Map<String, String> words(SocketConfig config) {
        Map<String, String> words = new LinkedHashMap<>();
        switch (config.family()) {
            case AF_UNIX -> {
                words.put("family", "unix");
                words.put("path", address(config));
                words.put("umask", String.valueOf(config.options().get(SocketOptions.UMASK)));
                if (config.options().get(SocketOptions.REPLACE)) {
                    words.put("replace", "1");
                }
            }
            case AF_INET, AF_INET6 -> {
                words.put("family", config.family() == SocketFamily.AF_INET ? "inet" : "inet6");
                words.put("host", config.options().get(SocketOptions.HOST));
                words.put("port", String.valueOf(config.options().get(SocketOptions.PORT)));
            }
        }
        words.put("type", "stream");
        words.put("backlog", String.valueOf(config.options().get(SocketOptions.BACKLOG)));
        if (!config.options().get(SocketOptions.BLOCKING)) {
            words.put("nonblocking", "1");
        }
        return words;
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
        boolean none = true;
        for (SocketConfig config : configs.values()) {
            boolean stays = !all && (config.options().get(SocketOptions.USE_PAPA) || needed.contains(config.name()));
            none &= !stays;
            if (!stays) {
                holder.removeSocket(config.name());
            }
        }
        return none;
    }
}
