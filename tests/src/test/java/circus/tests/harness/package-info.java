/** What process tests stand on: a home with folders and ports of its own, the real daemons, load, and what is left behind. */
@NullMarked
package circus.tests.harness;

import org.jspecify.annotations.NullMarked;
