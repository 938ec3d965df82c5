/** Where the release is that this runs from. */
@NullMarked
package circus.manager.home;

import org.jspecify.annotations.NullMarked;
