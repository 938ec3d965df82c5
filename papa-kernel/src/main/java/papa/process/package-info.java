@NullMarked
package papa.process;

import org.jspecify.annotations.NullMarked;
