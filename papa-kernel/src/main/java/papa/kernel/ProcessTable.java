package papa.kernel;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import papa.process.Incarnation;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/**
 * The processes that are held, by number and by name; and those that are not held any more, but whose output still has a
 * writer: its pipes are kept open, and emptied. Loop thread only.
 */
final class ProcessTable {
    private final LinkedHashMap<Long, Incarnation> held = new LinkedHashMap<>();
    private final Map<String, Incarnation> latest = new HashMap<>();
    private final Set<Incarnation> released = new LinkedHashSet<>();
    private long lastNumber;

    /** One that was never given. */
    long newNumber() {
        return ++lastNumber;
    }

    /** Those that are held, in the order in which they were added. */
    Collection<Incarnation> all() {
        return held.values();
    }

    int size() {
        return held.size();
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    @Nullable
    Incarnation get(long number) {
        return held.get(number);
    }

    /** The newest life of a name. */
    @Nullable
    Incarnation latest(String name) {
        return latest.get(name);
    }

    void add(Incarnation process) {
        held.put(process.number, process);
        latest.put(process.spec.name(), process);
    }

    /** False if it was not held. */
    boolean remove(Incarnation process) {
        if (held.remove(process.number) == null) {
            return false;
        }
        latest.remove(process.spec.name(), process);
        if (!process.outputAtEnd()) {
            released.add(process);
        }
        return true;
    }

    /** A pipe of it has come to its end. */
    void outputEnded(Incarnation process) {
        if (process.outputAtEnd()) {
            released.remove(process);
        }
    }

    /** Those that are not held, whose output has a writer. */
    Set<Incarnation> released() {
        return released;
    }

    /** {@code kernel}: last-number, the newest incarnation. To be written before any process. */
    void save(StateWriter out) {
        out.line("kernel").put("last-number", lastNumber).end();
    }

    void restore(StateLine line) throws StateException {
        lastNumber = line.number("last-number", 0, Long.MAX_VALUE);
    }

    /** On the line of a process: {@code latest}, 1 for the newest life of its name; {@code released}, 1 if it is not held. */
    void put(StateWriter.Line line, Incarnation process) {
        line.flag("latest", latest.get(process.spec.name()) == process)
                .flag("released", held.get(process.number) != process);
    }

    /** Whether it is held. */
    boolean restore(StateLine line, Incarnation process) throws StateException {
        if (process.number > lastNumber || held.containsKey(process.number)) {
            throw line.wrong("number=" + process.number + " was never given, or is another's, too");
        }
        if (line.flag("released")) {
            return false;
        }
        held.put(process.number, process);
        if (line.flag("latest") && latest.put(process.spec.name(), process) != null) {
            throw line.wrong("another one is the latest of its name");
        }
        return true;
    }

    /** All streams of one that is not held have been restored. */
    void restored(Incarnation process) {
        if (!process.outputAtEnd()) {
            released.add(process);
        }
    }
}
