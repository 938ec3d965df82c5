/** Classes that are not circusd's own: where they come from, and how a configuration names them. Uses nothing of circusd; any thread. */
@NullMarked
package circus.manager.extension;

import org.jspecify.annotations.NullMarked;
