package circus.manager.kernel;

import java.util.Optional;

/**
 * A socket that the kernel holds, as it really is.
 *
 * @param name without the {@code circus.ARB.} prefix
 * @param descriptor its number in every process that it is handed to
 * @param host the address that it is bound to, in digits; empty for a Unix socket
 * @param port the real one
 * @param path of a Unix socket
 */
public record ListedSocket(
        String name, int descriptor, int backlog, Optional<String> host, int port, Optional<String> path) {}
