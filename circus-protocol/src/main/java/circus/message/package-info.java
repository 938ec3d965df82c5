@NullMarked
package circus.message;

import org.jspecify.annotations.NullMarked;
