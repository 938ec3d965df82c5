@NullMarked
package papa.loop;

import org.jspecify.annotations.NullMarked;
