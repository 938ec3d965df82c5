package circus.manager.kernel;

import java.util.Optional;

/**
 * A listening socket that the kernel holds.
 *
 * @param name without the {@code circus.ARB.} prefix
 * @param descriptor its number in every process that it is handed to
 * @param port the real one, also where port 0 was asked for
 * @param keepsPort it does not listen, and only keeps its port for those of worker slots
 */
public record HeldSocket(
        String name,
        int descriptor,
        Optional<String> host,
        Optional<Integer> port,
        Optional<String> path,
        boolean keepsPort) {
    /** One that listens. */
    public HeldSocket(
            String name, int descriptor, Optional<String> host, Optional<Integer> port, Optional<String> path) {
        this(name, descriptor, host, port, path, false);
    }
}
