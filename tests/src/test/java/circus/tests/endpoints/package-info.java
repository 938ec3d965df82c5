/** Where circusd is reached, and by whom: peers of libzmq, other users, keys, and those who mean harm. */
@NullMarked
package circus.tests.endpoints;

import org.jspecify.annotations.NullMarked;
