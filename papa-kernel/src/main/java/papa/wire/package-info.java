@NullMarked
package papa.wire;

import org.jspecify.annotations.NullMarked;
