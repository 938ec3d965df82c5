/**
 * The form in which a kernel hands what it knows to the program that takes its place ({@code papa upgrade}): lines of text
 * in a memory file. What the lines mean is told by the classes that save and restore them.
 */
@NullMarked
package papa.state;

import org.jspecify.annotations.NullMarked;
