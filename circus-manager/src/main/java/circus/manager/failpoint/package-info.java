/** Where circusd can be made to die, for tests of what its successor finds. Every package may use it; it uses nothing of ours. */
@NullMarked
package circus.manager.failpoint;

import org.jspecify.annotations.NullMarked;
