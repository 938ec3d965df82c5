@NullMarked
package circus.client;

import org.jspecify.annotations.NullMarked;
