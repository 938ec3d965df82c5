package circus.manager.kernel;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A process that the kernel held when this manager came.
 *
 * @param name without the {@code circus.ARB.} prefix: {@code WATCHER.WID}
 * @param annotations as given at its launch
 * @param exit present if it has ended
 * @param exitTaken the manager before has told of its end already; it is still there for what it left behind, or for its output
 */
public record Attached(
        String name,
        long incarnation,
        int pid,
        Instant started,
        Map<String, String> annotations,
        Optional<Exit> exit,
        boolean exitTaken) {

    public Attached {
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /** One of whose end nobody has been told. */
    public Attached(
            String name,
            long incarnation,
            int pid,
            Instant started,
            Map<String, String> annotations,
            Optional<Exit> exit) {
        this(name, incarnation, pid, started, annotations, exit, false);
    }

    Attached withExit(Exit ended) {
        return new Attached(name, incarnation, pid, started, annotations, Optional.of(ended), exitTaken);
    }

    /** As it is once the last descendant that it left behind has gone. */
    Attached withoutLeftovers() {
        return exit.map(ended -> withExit(ended.withoutLeftovers())).orElse(this);
    }
}
