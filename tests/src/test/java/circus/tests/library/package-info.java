/** The library: a manager inside another program, beside a real kernel. */
@NullMarked
package circus.tests.library;

import org.jspecify.annotations.NullMarked;
