@NullMarked
package papa.kernel;

import org.jspecify.annotations.NullMarked;
