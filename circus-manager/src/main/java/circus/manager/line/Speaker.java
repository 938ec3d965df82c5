package circus.manager.line;

/**
 * Who says something: one process of a watcher.
 *
 * @param watcher its name as configured
 * @param wid its number within the watcher; 0 if unknown
 */
public record Speaker(String watcher, int wid, int pid) {}
