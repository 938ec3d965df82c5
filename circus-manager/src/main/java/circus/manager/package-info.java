@NullMarked
package circus.manager;

import org.jspecify.annotations.NullMarked;
