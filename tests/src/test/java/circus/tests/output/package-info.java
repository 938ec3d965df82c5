/** What workers print, and where it arrives. */
@NullMarked
package circus.tests.output;

import org.jspecify.annotations.NullMarked;
