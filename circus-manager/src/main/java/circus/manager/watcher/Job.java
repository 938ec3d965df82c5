package circus.manager.watcher;

/**
 * Something that was asked for and is not done yet.
 *
 * @param running it has begun; else it waits for its turn
 */
public record Job(Order order, boolean running) {}
