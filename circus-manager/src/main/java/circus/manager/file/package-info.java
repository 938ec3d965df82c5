/** Whose a file is. */
@NullMarked
package circus.manager.file;

import org.jspecify.annotations.NullMarked;
