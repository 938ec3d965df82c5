@NullMarked
package papa.launch;

import org.jspecify.annotations.NullMarked;
