/** What the operating system says of processes. */
@NullMarked
package circus.manager.stats;

import org.jspecify.annotations.NullMarked;
