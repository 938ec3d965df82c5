package circus.manager.watcher;

import java.util.Map;
import java.util.Optional;

/**
 * A held socket, as workers see it.
 *
 * @param descriptor its number in every process that it is handed to; -1 if nobody is to have this one
 * @param address where it was configured to listen: workers that use it depend on that
 * @param slots present if each worker slot has a socket of its own in place of this one: the options by which it is made
 */
public record SocketPlace(int descriptor, String address, Optional<Map<String, String>> slots) {
    /** In the kernel's name of a slot's socket, {@code SOCKET.SLOT.WATCHER.N}. Names of sockets and watchers have small letters there. */
    private static final String MARK = ".SLOT.";

    /** One that all workers share. */
    public SocketPlace(int descriptor, String address) {
        this(descriptor, address, Optional.empty());
    }

    /** The kernel's name for a slot's socket. */
    public static String nameOfSlot(String socket, String watcher, int slot) {
        return socket + MARK + watcher + "." + slot;
    }

    /** The socket of which a held one is that of a slot; empty if it is not one. */
    public static Optional<String> socketOfSlot(String held) {
        int mark = held.indexOf(MARK);
        return mark < 0 ? Optional.empty() : Optional.of(held.substring(0, mark));
    }

    /** The key of the watcher whose slot a held socket is of; empty if it is not one. */
    public static Optional<String> watcherOfSlot(String held) {
        int mark = held.indexOf(MARK);
        int dot = held.lastIndexOf('.');
        return mark < 0 ? Optional.empty() : Optional.of(held.substring(Math.min(dot, mark + MARK.length()), dot));
    }

    /** The number of the slot that a held socket is of; 0 if there is none. */
    static int slotOf(String held) {
        String number = held.substring(held.lastIndexOf('.') + 1);
        return number.matches("[1-9]\\d{0,6}") ? Integer.parseInt(number) : 0;
    }

    /** What tells workers of this place from those of another. */
    String print() {
        return descriptor + "@" + address + (slots.isPresent() ? "/slot" : "");
    }
}
