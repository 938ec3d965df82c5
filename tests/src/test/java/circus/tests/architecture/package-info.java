/** Rules that the compiler does not know. */
@NullMarked
package circus.tests.architecture;

import org.jspecify.annotations.NullMarked;
