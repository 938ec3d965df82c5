@NullMarked
package circus.command;

import org.jspecify.annotations.NullMarked;
