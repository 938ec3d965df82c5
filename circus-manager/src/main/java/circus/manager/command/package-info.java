/** What each command does; one class for each. */
@NullMarked
package circus.manager.command;

import org.jspecify.annotations.NullMarked;
