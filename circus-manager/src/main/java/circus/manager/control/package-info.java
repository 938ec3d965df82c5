/** The control endpoint and the event endpoint: frames in, frames out. */
@NullMarked
package circus.manager.control;

import org.jspecify.annotations.NullMarked;
