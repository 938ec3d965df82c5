/** The arbiter: owns all watchers, and whatever concerns several of them. */
@NullMarked
package circus.manager.arbiter;

import org.jspecify.annotations.NullMarked;
