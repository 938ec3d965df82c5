/** Clients that are not ours. */
@NullMarked
package circus.tests.client;

import org.jspecify.annotations.NullMarked;
