package circus.manager.watcher;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that was asked of a watcher and takes time.
 *
 * @param amount of RESIZE: by how many workers the target grows; 0 for the others
 * @param options of CHANGE: the new values, as JSON values by option, in the order in which they were given
 * @param part it is one watcher's part in an operation on several, which tells of it
 */
public record Operation(Kind kind, int amount, Map<String, @Nullable Object> options, Order order, boolean part) {
    /** What can be asked. */
    public enum Kind {
        START,
        STOP,
        /** A stop that is one half of a restart: whoever asks for it asks for the start too. */
        PAUSE,
        RESTART,
        RESIZE,
        /** Options get other values; what runs is resized or reloaded where that follows. */
        CHANGE,
        /** New workers first, then the old ones end; or SIGHUP to all with {@code send_hup}. Starts what is stopped. */
        RELOAD,
        /** The same one worker after the other, where the old one ends first. */
        RELOAD_IN_TURN;

        boolean isReload() {
            return this == RELOAD || this == RELOAD_IN_TURN;
        }
    }

    /** Anything but RESIZE and CHANGE. */
    public static Operation of(Kind kind, Order order) {
        return new Operation(kind, 0, Map.of(), order, false);
    }

    /** {@code incr} and, with a negative amount, {@code decr}. */
    public static Operation resize(int amount, Order order) {
        return new Operation(Kind.RESIZE, amount, Map.of(), order, false);
    }

    /** {@code set}: these options get these values, all of them or none. */
    public static Operation change(Map<String, @Nullable Object> options, Order order) {
        return new Operation(Kind.CHANGE, 0, Collections.unmodifiableMap(new LinkedHashMap<>(options)), order, false);
    }

    /**
     * One watcher's part in an operation on several, which waits for its turn.
     *
     * @param whole that operation
     */
    public static Operation part(Kind kind, Order whole, Outcome outcome) {
        Order order =
                new Order(0, whole.words(), whole.by(), whole.since(), whole.lock(), true, whole.yields(), outcome);
        return new Operation(kind, 0, Map.of(), order, true);
    }

    /** What an earlier manager had begun, or a connection asks for. */
    static Operation ofOwnAccord(Kind kind, String words, Instant since, String lock) {
        return of(kind, Order.ofOwnAccord(words, since, lock, Outcome.UNHEARD));
    }

    String lock() {
        return order.lock();
    }

    boolean patient() {
        return order.patient();
    }

    boolean yields() {
        return order.yields();
    }

    Outcome outcome() {
        return order.outcome();
    }
}
