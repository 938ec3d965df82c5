@NullMarked
package papa.descent;

import org.jspecify.annotations.NullMarked;
