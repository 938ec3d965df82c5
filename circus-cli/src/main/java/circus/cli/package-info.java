@NullMarked
package circus.cli;

import org.jspecify.annotations.NullMarked;
