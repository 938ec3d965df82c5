/**
 * What workers said lately: all that the kernel sends to the output path, kept a while longer in bounded memory and in a file that a manager
 * leaves to the next one, for those who want to read it. {@link circus.manager.recall.Recall} is filled on circus-output and read on
 * threads of its own; nobody is ever held back by a reader.
 */
@NullMarked
package circus.manager.recall;

import org.jspecify.annotations.NullMarked;
