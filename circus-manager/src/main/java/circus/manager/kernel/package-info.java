/** The manager's view of the kernel: what watchers ask for, what they are told, and the connection that carries both. */
@NullMarked
package circus.manager.kernel;

import org.jspecify.annotations.NullMarked;
