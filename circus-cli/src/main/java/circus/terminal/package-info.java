/** The terminal at which a person sits, as the programs open it that need more of one than lines. */
@NullMarked
package circus.terminal;

import org.jspecify.annotations.NullMarked;
