/** Workers whose kernel is gone: how they are known again, and ended before others take their place. */
@NullMarked
package circus.manager.orphan;

import org.jspecify.annotations.NullMarked;
