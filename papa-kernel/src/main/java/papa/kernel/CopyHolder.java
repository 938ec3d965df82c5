package papa.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import papa.passing.PassingSocket;

/** A connection in which copies wait, and what could not be put into it yet. Loop thread only. */
final class CopyHolder {
    private static final byte[] ANYTHING = {'\n'};

    final Session session;

    /** On whose behalf. */
    final Lease lease;

    private final PassingSocket socket;
    private final Map<Object, IntSupplier> missing = new LinkedHashMap<>();
    private int lingering;
    private String why = "";

    CopyHolder(Session session, Lease lease) throws IOException {
        this.session = session;
        this.lease = lease;
        this.socket = PassingSocket.of(session.descriptor());
    }

    /**
     * Puts more into it, as far as there is room.
     *
     * @param more what is open, each with its number, which is below 0 from its end on
     */
    void add(Map<Object, IntSupplier> more) {
        missing.putAll(more);
        tryAgain();
    }

    /** Puts into it what had no room before. */
    void tryAgain() {
        missing.values().removeIf(each -> each.getAsInt() < 0);
        while (!missing.isEmpty()) {
            List<Object> some = new ArrayList<>(missing.keySet());
            some = some.subList(0, Math.min(some.size(), PassingSocket.MOST_DESCRIPTORS));
            int[] numbers = missing.values().stream()
                    .limit(some.size())
                    .mapToInt(IntSupplier::getAsInt)
                    .toArray();
            try {
                socket.send(ANYTHING, numbers);
            } catch (IOException full) {
                why = String.valueOf(full.getMessage());
                return;
            }
            some.forEach(missing::remove);
        }
        why = "";
    }

    /** A socket is closed here; what was put into the connection stays open. */
    void closed(Object closed) {
        lingering += missing.remove(closed) == null ? 1 : 0;
    }

    /** How many descriptors it has not got. */
    int missing() {
        return missing.size();
    }

    /** How many sockets it keeps open that are closed. */
    int lingering() {
        return lingering;
    }

    /** Why something is missing. */
    String why() {
        return why;
    }
}
