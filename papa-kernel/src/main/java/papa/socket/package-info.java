@NullMarked
package papa.socket;

import org.jspecify.annotations.NullMarked;
