/** What a line of output looks like where it is written, and how it is read again. Pure functions, but for their caches. */
@NullMarked
package circus.manager.line;

import org.jspecify.annotations.NullMarked;
