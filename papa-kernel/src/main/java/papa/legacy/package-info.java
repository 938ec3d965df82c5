/**
 * What a kernel leaves to the next one if it is killed: a ledger that lies in memory files, of which others hold copies, and
 * how a state is made of it and of the descriptors. Used by {@code papa.kernel}; loop thread.
 */
@NullMarked
package papa.legacy;

import org.jspecify.annotations.NullMarked;
