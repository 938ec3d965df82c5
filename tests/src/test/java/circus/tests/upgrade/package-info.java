/** The manager is expendable: killed, detached, started again; workers, connections and logs do not notice. */
@NullMarked
package circus.tests.upgrade;

import org.jspecify.annotations.NullMarked;
