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
 * @param exit present if it has ended, and its exit record was not taken by the manager before
 */
public record Attached(
        String name, long incarnation, int pid, Instant started, Map<String, String> annotations, Optional<Exit> exit) {

    public Attached {
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    Attached withExit(Exit ended) {
        return new Attached(name, incarnation, pid, started, annotations, Optional.of(ended));
    }

    /** As it is once the last descendant that it left behind has gone. */
    Attached withoutLeftovers() {
        return exit.map(ended -> withExit(new Exit(incarnation, ended.code(), ended.time(), 0)))
                .orElse(this);
    }
}
