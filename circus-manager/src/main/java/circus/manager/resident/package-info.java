/**
 * Workers that are threads of circusd instead of processes: what circusd brings along, and what would cost a JVM each otherwise. To a watcher
 * they look like any other worker.
 */
@NullMarked
package circus.manager.resident;

import org.jspecify.annotations.NullMarked;
