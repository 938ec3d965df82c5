/** What circusd starts in tests: programs, not classes of tests. */
@NullMarked
package circus.tests.workers;

import org.jspecify.annotations.NullMarked;
