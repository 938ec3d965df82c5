/** Every option of a configuration, declared once: key, type, default, what a change does, and whether this version acts on it. */
@NullMarked
package circus.options;

import org.jspecify.annotations.NullMarked;
