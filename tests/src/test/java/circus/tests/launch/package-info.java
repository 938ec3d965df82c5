/** The launchers of {@code bin/}, as programs. */
@NullMarked
package circus.tests.launch;

import org.jspecify.annotations.NullMarked;
