/** What streams in Java are written against. Nothing of circusd is needed but this package. */
@NullMarked
package circus.stream;

import org.jspecify.annotations.NullMarked;
