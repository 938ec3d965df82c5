/** Watchers: what is wanted, what the kernel runs, and the next step from the one to the other. */
@NullMarked
package circus.manager.watcher;

import org.jspecify.annotations.NullMarked;
