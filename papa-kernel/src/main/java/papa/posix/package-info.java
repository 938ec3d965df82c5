@NullMarked
package papa.posix;

import org.jspecify.annotations.NullMarked;
