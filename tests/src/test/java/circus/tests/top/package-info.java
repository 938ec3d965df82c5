/** {@code bin/circus-top}, in a terminal and in a pipe, beside a circusd that publishes statistics. */
@NullMarked
package circus.tests.top;

import org.jspecify.annotations.NullMarked;
