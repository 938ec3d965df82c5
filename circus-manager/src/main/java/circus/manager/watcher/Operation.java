package circus.manager.watcher;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that was asked of a watcher and takes time.
 *
 * @param amount of RESIZE: by how many workers the target grows; 0 for the others
 * @param options of CHANGE: the new values, as JSON values by option, in the order in which they were given
 * @param lock the name under which Circus's conflict message knows it, for example {@code watcher_restart}
 * @param patient waits for its turn where another would be refused
 * @param yields gives way: never a cause of refusal, and cut short by a stop
 */
public record Operation(
        Kind kind,
        int amount,
        Map<String, @Nullable Object> options,
        String lock,
        boolean patient,
        boolean yields,
        Outcome outcome) {
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

    /** Asked by a command. */
    public static Operation asked(Kind kind, String lock, boolean patient, Outcome outcome) {
        return new Operation(kind, 0, Map.of(), lock, patient, false, outcome);
    }

    /** {@code incr} and, with a negative amount, {@code decr}. */
    public static Operation resize(int amount, String lock, boolean patient, Outcome outcome) {
        return new Operation(Kind.RESIZE, amount, Map.of(), lock, patient, false, outcome);
    }

    /** {@code set}: these options get these values, all of them or none. */
    public static Operation change(
            Map<String, @Nullable Object> options, String lock, boolean patient, Outcome outcome) {
        return new Operation(
                Kind.CHANGE,
                0,
                Collections.unmodifiableMap(new LinkedHashMap<>(options)),
                lock,
                patient,
                false,
                outcome);
    }

    /**
     * One watcher's part in an operation on several, which waits for its turn.
     *
     * @param yields as that operation does
     */
    public static Operation part(Kind kind, String lock, boolean yields, Outcome outcome) {
        return new Operation(kind, 0, Map.of(), lock, true, yields, outcome);
    }

    /** Asked by nobody: the daemon's own start of its watchers, a stop because nothing can be spawned. */
    public static Operation ownAccord(Kind kind, String lock, Outcome outcome) {
        return new Operation(kind, 0, Map.of(), lock, true, true, outcome);
    }
}
