/**
 * One program in the place of another, under the same pid: what this process executes, whether another program can take
 * over, and the moment when it does. Used by {@code papa.kernel}; loop thread.
 */
@NullMarked
package papa.upgrade;

import org.jspecify.annotations.NullMarked;
