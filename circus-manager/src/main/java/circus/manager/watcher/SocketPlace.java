package circus.manager.watcher;

/**
 * A held socket, as workers see it.
 *
 * @param descriptor its number in every process that it is handed to
 * @param address where it was configured to listen: workers that use it depend on that
 */
public record SocketPlace(int descriptor, String address) {}
