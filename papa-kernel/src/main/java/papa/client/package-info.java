/** Speaking to a kernel over its Unix socket, with the JDK alone: no native code comes along with this package. */
@NullMarked
package papa.client;

import org.jspecify.annotations.NullMarked;
