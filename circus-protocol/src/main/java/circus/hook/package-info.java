/** What hooks are, and what a hook in Java is written against: {@link Hook}, {@link HookCall}. Uses nothing of circusd; any thread. */
@NullMarked
package circus.hook;

import org.jspecify.annotations.NullMarked;
