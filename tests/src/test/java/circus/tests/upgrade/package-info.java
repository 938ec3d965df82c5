/**
 * The manager is expendable (killed, detached, started again), and the program of papa can be replaced: workers, connections and logs do
 * not notice.
 */
@NullMarked
package circus.tests.upgrade;

import org.jspecify.annotations.NullMarked;
