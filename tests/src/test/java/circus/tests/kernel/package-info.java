/** The kernel as its clients see it: over its socket, with no code of ours between. */
@NullMarked
package circus.tests.kernel;

import org.jspecify.annotations.NullMarked;
