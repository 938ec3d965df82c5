/**
 * Who descends from a process that the kernel started: what it left behind and the kernel adopted, how that is told from
 * strangers, and signals to all of them. The kernel's deaths and signals use it. Loop thread only; walks through /proc are
 * chores, so that a large machine does not hold up the loop.
 */
@NullMarked
package papa.descent;

import org.jspecify.annotations.NullMarked;
