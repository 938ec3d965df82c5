@NullMarked
package papa.door;

import org.jspecify.annotations.NullMarked;
